// SPDX-License-Identifier: Apache-2.0
// The grid: virtual scrolling and the keyboard.

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {assertAccessible} from './support/accessibility.mjs';
import {uploadDrawings} from './support/drawing.mjs';
import {cardOf, dialog} from './support/gallery_page.mjs';
import {tokens} from './support/gallery_server.mjs';
import {setUp} from './support/test_setup.mjs';

const setup = setUp();
const focusedCard = (page) =>
  page.evaluate(() => document.activeElement.closest('.card')?.querySelector('.title').textContent);

test('scrolling shows all images with few cards in the document', async () => {
  const count = 260;
  await uploadDrawings(setup.server, tokens.acme, count);
  const {page, close} = await setup.signedIn({query: '?view=grid'});
  await cardOf(page, `Drawing ${count}`).waitFor();
  const seen = new Set();
  let maxCards = 0;
  for (let step = 0; step < 60; step += 1) {
    await page.waitForFunction(() => !document.querySelector('.card.skeleton'));
    for (const title of await page.locator('.card .title').allTextContents()) seen.add(title);
    maxCards = Math.max(maxCards, await page.locator('.card').count());
    const atEnd = await page.evaluate(async () => {
      scrollBy(0, innerHeight * 0.8);
      // The grid renders in the frame after the scroll.
      await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
      return scrollY + innerHeight >= document.documentElement.scrollHeight - 1;
    });
    if (atEnd && seen.size === count) break;
  }
  assert.equal(seen.size, count);
  assert.ok(maxCards < 160, `${maxCards} cards in the document`);
  await close();
});

test('arrow keys, Home and End move through the grid, Enter edits, Space selects an image', async () => {
  await uploadDrawings(setup.server, tokens.acme, 30);
  const {page, close} = await setup.signedIn({query: '?view=grid'});
  const grid = page.getByRole('grid', {name: 'Images'});
  await cardOf(page, 'Drawing 30').waitFor();
  const columns = Number(await grid.getAttribute('aria-colcount'));
  await cardOf(page, 'Drawing 30').focus();
  await page.keyboard.press('ArrowRight');
  assert.equal(await focusedCard(page), 'Drawing 29');
  await page.keyboard.press('ArrowDown');
  assert.equal(await focusedCard(page), `Drawing ${29 - columns}`);
  await page.keyboard.press('Home');
  assert.equal(await focusedCard(page), `Drawing ${30 - columns}`);
  await page.keyboard.press('Control+End');
  assert.equal(await focusedCard(page), 'Drawing 1');
  await page.keyboard.press('Space');
  await page.getByText('1 image selected').waitFor();
  await page.keyboard.press('Control+Home');
  assert.equal(await focusedCard(page), 'Drawing 30');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.ariaLabel), 'Download image');
  assert.equal(await focusedCard(page), 'Drawing 30');
  await cardOf(page, 'Drawing 30').focus();
  await page.keyboard.press('Enter');
  await dialog(page, 'Edit image').waitFor();
  await page.keyboard.press('Escape');
  await assertAccessible(page, 'grid with a selection');
  await page.keyboard.press('Delete');
  await dialog(page, 'Delete image').getByRole('button', {name: /^Delete/}).click();
  await cardOf(page, 'Drawing 30').waitFor({state: 'detached'});
  await cardOf(page, 'Drawing 29').waitFor();
  await close();
});

test('the number of columns depends on the width, two on a small phone', async () => {
  await uploadDrawings(setup.server, tokens.acme, 8);
  const {page, close} = await setup.signedIn({query: '?view=grid'});
  const columns = () => page.getByRole('grid', {name: 'Images'}).getAttribute('aria-colcount');
  await cardOf(page, 'Drawing 8').waitFor();
  for (const [width, expected] of [[360, 2], [600, 3], [1440, 7], [3840, 9]]) {
    await page.setViewportSize({width, height: 900});
    await page.waitForFunction((value) =>
      document.querySelector('.image-grid').getAttribute('aria-colcount') === value,
    String(expected)).catch(() => {});
    assert.equal(await columns(), String(expected), `at ${width}`);
    assert.ok(await page.evaluate(() =>
      document.documentElement.scrollWidth <= document.documentElement.clientWidth));
  }
  await close();
});

test('previews load lazily and have their ETag in the URL', async () => {
  await uploadDrawings(setup.server, tokens.acme, 1);
  const {page, close} = await setup.signedIn({query: '?view=grid'});
  const picture = cardOf(page, 'Drawing 1').getByRole('img');
  assert.equal(await picture.getAttribute('loading'), 'lazy');
  assert.equal(await picture.getAttribute('alt'), 'Drawing 1');
  const source = new URL(await picture.getAttribute('src'));
  assert.match(source.searchParams.get('v'), /^[0-9a-f]{32}$/);
  assert.ok(source.pathname.endsWith('/api/images/tenant/d1.svg/preview'));
  await close();
});

test('single-key shortcuts work until they are disabled', async () => {
  await uploadDrawings(setup.server, tokens.acme, 1);
  const {page, close} = await setup.signedIn();
  await page.keyboard.press('g');
  await cardOf(page, 'Drawing 1').waitFor();
  await page.keyboard.press('l');
  await page.getByRole('table', {name: 'Images'}).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('ug');
  assert.equal(await page.getByRole('searchbox').inputValue(), 'ug');
  await page.getByRole('searchbox').fill('');
  await page.getByRole('button', {name: 'Refresh'}).focus();
  await page.keyboard.press('u');
  await dialog(page, 'Upload image').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  const help = dialog(page, 'Keyboard shortcuts');
  await assertAccessible(page, 'shortcuts');
  await help.getByRole('switch', {name: 'Use single keys'}).uncheck();
  await help.getByRole('button', {name: 'Done'}).click();
  await page.keyboard.press('g');
  await page.getByRole('table', {name: 'Images'}).waitFor();
  await close();
});
