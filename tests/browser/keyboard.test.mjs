// SPDX-License-Identifier: Apache-2.0
// Without a mouse: everything is reached, the focus is seen, and it goes where one expects it.

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {uploadDrawings} from './support/drawing.mjs';
import {dialog, rowOf, signIn, waitForTitles} from './support/gallery_page.mjs';
import {tokens} from './support/gallery_server.mjs';
import {setUp} from './support/test_setup.mjs';

const setup = setUp();

/// What has the focus, and whether one sees that; nothing while the browser's own controls have it.
const focused = (page) => page.evaluate(() => {
  const node = document.activeElement;
  if (node === document.body) return null;
  node.dataset.reached = '';
  // A file field lies unseen in its place to drop files on.
  const look = getComputedStyle(node.closest('.file-chooser') ?? node);
  return {
    name: node.ariaLabel ?? node.textContent.trim(),
    seen: look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2,
  };
});

/// Controls that can be used, but were not reached.
const unreached = (page, within) => page.evaluate((selector) =>
  [...document.querySelector(selector).querySelectorAll('button, input, select, a[href]')]
    .filter((node) => node.checkVisibility() && !node.disabled && node.tabIndex >= 0)
    .filter((node) => node.dataset.reached === undefined)
    .map((node) => node.ariaLabel ?? node.textContent), within);

async function tabThrough(page, steps) {
  for (let step = 0; step < steps; step += 1) {
    await page.keyboard.press('Tab');
    const now = await focused(page);
    assert.ok(now?.seen ?? true, `the focus is not seen at "${now?.name}"`);
  }
}

test('Tab reaches every control of the list, and the focus is seen', async () => {
  await uploadDrawings(setup.server, tokens.acme, 3);
  const {page, close} = await setup.signedIn();
  await rowOf(page, 'Drawing 1').waitFor();
  await page.evaluate(() => document.activeElement.blur());
  await tabThrough(page, 40);
  assert.deepEqual(await unreached(page, 'body'), []);
  await close();
});

test('Tab stays in a dialog, and reaches all of it', async () => {
  await uploadDrawings(setup.server, tokens.acme, 1);
  const {page, close} = await setup.signedIn();
  for (const name of ['Upload image', 'Import image', 'Edit image', 'Delete image']) {
    const opener = page.getByRole('button', {name});
    await opener.focus();
    await page.keyboard.press('Enter');
    await dialog(page, name).waitFor();
    await tabThrough(page, 16);
    assert.deepEqual(await unreached(page, 'dialog'), [], name);
    assert.ok(await page.evaluate(() => document.querySelector('dialog')
      .contains(document.activeElement) || document.activeElement === document.body), name);
    await page.keyboard.press('Escape');
    await dialog(page, name).waitFor({state: 'detached'});
    assert.ok(await opener.evaluate((node) => node === document.activeElement),
      `${name}: the focus does not return`);
  }
  await close();
});

test('after a deletion the focus is on the image that took the place', async () => {
  await uploadDrawings(setup.server, tokens.acme, 3);
  const {page, close} = await setup.signedIn();
  await rowOf(page, 'Drawing 2').getByRole('button', {name: 'Delete image'}).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('button', {name: /^Delete/}).focus();
  await page.keyboard.press('Enter');
  await waitForTitles(page, ['Drawing 3', 'Drawing 1']);
  assert.ok(await rowOf(page, 'Drawing 1').getByRole('button', {name: 'Delete image'})
    .evaluate((node) => node === document.activeElement));
  await close();
});

test('at the last page the focus goes to the way back', async () => {
  await uploadDrawings(setup.server, tokens.acme, 11);
  const {page, close} = await setup.signedIn();
  await page.getByText('1–10 of 11').waitFor();
  await page.getByRole('button', {name: 'Next page'}).focus();
  await page.keyboard.press('Enter');
  await page.getByText('11–11 of 11').waitFor();
  assert.equal((await focused(page)).name, 'Previous page');
  await close();
});

test('what a search finds is told, and who signs in stands before the images', async () => {
  await uploadDrawings(setup.server, tokens.acme, 12);
  const {page, close} = await setup.open();
  await signIn(page, setup.server, tokens.acme);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  const status = page.getByRole('status');
  await status.getByText('12 found').waitFor();
  await page.getByRole('searchbox', {name: 'Search images'}).fill('Drawing 1');
  await status.getByText('4 found').waitFor();
  await page.getByRole('button', {name: 'Grid view'}).click();
  await page.getByRole('searchbox', {name: 'Search images'}).fill('Drawing 12');
  await status.getByText('1 found').waitFor();
  await close();
});
