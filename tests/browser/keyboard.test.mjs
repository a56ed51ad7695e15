// SPDX-License-Identifier: Apache-2.0
// Keyboard use: every control is reachable, the focus is visible and moves as expected.

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {uploadDrawings} from './support/drawing.mjs';
import {dialog, rowOf, signIn, waitForTitles} from './support/gallery_page.mjs';
import {tokens} from './support/gallery_server.mjs';
import {setUp} from './support/test_setup.mjs';

const setup = setUp();

/// The focused element, and whether its focus is visible; null while the browser's own controls
/// have the focus.
const focused = (page) => page.evaluate(() => {
  const node = document.activeElement;
  if (node === document.body) return null;
  node.dataset.reached = '';
  // A file input is invisible inside its drop zone.
  const look = getComputedStyle(node.closest('.file-chooser') ?? node);
  return {
    name: node.ariaLabel ?? node.textContent.trim(),
    visible: look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2,
  };
});

/// Usable controls that were not reached.
const unreached = (page, within) => page.evaluate((selector) =>
  [...document.querySelector(selector).querySelectorAll('button, input, select, a[href]')]
    .filter((node) => node.checkVisibility() && !node.disabled && node.tabIndex >= 0)
    .filter((node) => node.dataset.reached === undefined)
    .map((node) => node.ariaLabel ?? node.textContent), within);

async function tabThrough(page, steps) {
  for (let step = 0; step < steps; step += 1) {
    await page.keyboard.press('Tab');
    const now = await focused(page);
    assert.ok(now?.visible ?? true, `the focus is not visible at "${now?.name}"`);
  }
}

test('Tab reaches every control of the list with a visible focus', async () => {
  await uploadDrawings(setup.server, tokens.acme, 3);
  const {page, close} = await setup.signedIn();
  await rowOf(page, 'Drawing 1').waitFor();
  await page.evaluate(() => document.activeElement.blur());
  await tabThrough(page, 40);
  assert.deepEqual(await unreached(page, 'body'), []);
  await close();
});

test('Tab stays in a dialog and reaches all its controls', async () => {
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
      `${name}: the focus was not restored`);
  }
  await close();
});

test('after a deletion the focus is on the image that took its place', async () => {
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

test('on the last page the focus moves to the previous-page button', async () => {
  await uploadDrawings(setup.server, tokens.acme, 11);
  const {page, close} = await setup.signedIn();
  await page.getByText('1–10 of 11').waitFor();
  await page.getByRole('button', {name: 'Next page'}).focus();
  await page.keyboard.press('Enter');
  await page.getByText('11–11 of 11').waitFor();
  assert.equal((await focused(page)).name, 'Previous page');
  await close();
});

test('search result counts are announced, and signing in focuses the main content', async () => {
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
