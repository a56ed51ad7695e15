// SPDX-License-Identifier: Apache-2.0
// The gallery as a picker for a host's form, mounted under a prefix.

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {assertAccessible} from './support/accessibility.mjs';
import {drawingFile, uploadDrawings} from './support/drawing.mjs';
import {signIn} from './support/gallery_page.mjs';
import {tokens} from './support/gallery_server.mjs';
import {setUp} from './support/test_setup.mjs';

const setup = setUp([], {prefix: '/deep/gallery'});

async function openForm() {
  const opened = await setup.signedIn();
  await opened.page.goto(`${setup.server.url}picker_demo.html`);
  await opened.page.getByRole('button', {name: 'Browse from gallery'}).waitFor();
  return opened;
}

const formData = (page) => page.evaluate(() =>
  Object.fromEntries(new FormData(document.querySelector('form'))));

test('picking an image sets the form field to its link', async () => {
  await uploadDrawings(setup.server, tokens.acme, 3);
  const {page, close} = await openForm();
  await assertAccessible(page, 'demo form');
  assert.equal((await formData(page)).background, '');
  await page.getByRole('button', {name: 'Browse from gallery'}).click();
  const frame = page.frameLocator('iframe');
  await frame.getByRole('gridcell').nth(2).waitFor();
  await frame.getByRole('img', {name: 'Drawing 2'}).click();
  await page.locator('iframe').waitFor({state: 'detached'});
  assert.equal((await formData(page)).background, '/deep/gallery/api/images/tenant/d2.svg');
  await page.getByText('Event "image-picked"').waitFor();
  await page.waitForFunction(() => document.querySelector('image-gallery-picker').shadowRoot
    .querySelector('img').naturalWidth > 0);
  await page.getByRole('button', {name: 'Clear'}).click();
  assert.equal((await formData(page)).background, '');
  await close();
});

test('the keyboard and the list can pick an image, and Escape keeps the value', async () => {
  await uploadDrawings(setup.server, tokens.acme, 2);
  const {page, close} = await openForm();
  await page.getByRole('button', {name: 'Browse from gallery'}).click();
  const frame = page.frameLocator('iframe');
  await frame.getByRole('gridcell').first().focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page.locator('iframe').waitFor({state: 'detached'});
  assert.match((await formData(page)).background, /d1\.svg$/);
  await page.getByRole('button', {name: 'Browse from gallery'}).click();
  await frame.getByRole('button', {name: 'List view'}).click();
  await frame.getByRole('button', {name: 'Refresh'}).focus();
  await page.keyboard.press('Escape');
  await page.locator('iframe').waitFor({state: 'detached'});
  assert.match((await formData(page)).background, /d1\.svg$/);
  await page.getByRole('button', {name: 'Browse from gallery'}).click();
  await frame.getByRole('button', {name: 'List view'}).click();
  await frame.getByRole('row').filter({hasText: 'Drawing 2'})
    .getByRole('button', {name: 'Choose'}).click();
  await page.locator('iframe').waitFor({state: 'detached'});
  assert.match((await formData(page)).background, /d2\.svg$/);
  await close();
});

test('an image uploaded in the picker is picked', async () => {
  const {page, close} = await openForm();
  await page.getByRole('button', {name: 'Browse from gallery'}).click();
  const frame = page.frameLocator('iframe');
  await frame.getByRole('button', {name: 'Upload image'}).click();
  await frame.locator('input[type=file]').setInputFiles(drawingFile(1, 'fresh.svg'));
  await frame.getByRole('button', {name: 'Upload', exact: true}).click();
  await page.locator('iframe').waitFor({state: 'detached'});
  assert.match((await formData(page)).background, /fresh\.svg$/);
  await close();
});

test('a link can be set by hand, and resetting the form clears it', async () => {
  const {page, close} = await openForm();
  await page.getByRole('button', {name: 'Set link'}).click();
  await page.getByLabel('Image link').fill('/deep/gallery/favicon.svg');
  await page.keyboard.press('Enter');
  assert.equal((await formData(page)).background, '/deep/gallery/favicon.svg');
  await page.getByRole('button', {name: 'Apply'}).click();
  await page.getByText('Submitted form data').waitFor();
  await page.getByRole('button', {name: 'Reset'}).click();
  assert.equal((await formData(page)).background, '');
  await close();
});

test('a window opened by the host sends the picked image as a message', async () => {
  await uploadDrawings(setup.server, tokens.acme, 2);
  const {page, close} = await openForm();
  const [chooser] = await Promise.all([page.waitForEvent('popup'), page.evaluate(() => {
    addEventListener('message', ({data}) => {
      window.received = data;
    });
    open('./?pick');
  })]);
  await chooser.getByRole('img', {name: 'Drawing 2'}).click();
  await page.waitForFunction(() => window.received);
  const {source, type, image} = await page.evaluate(() => window.received);
  assert.deepEqual([source, type, image.title], ['imagegallery', 'pick', 'Drawing 2']);
  assert.equal(image.link, '/deep/gallery/api/images/tenant/d2.svg');
  assert.equal((await page.request.get(image.contentUrl)).status(), 200);
  await close();
});

test('messages from other sources are ignored', async () => {
  const {page, close} = await openForm();
  await page.getByRole('button', {name: 'Browse from gallery'}).click();
  await page.frameLocator('iframe').getByRole('button', {name: 'Upload image'}).waitFor();
  await page.evaluate(() => new Promise((resolve) => {
    addEventListener('message', resolve, {once: true});
    postMessage({
      source: 'imagegallery', type: 'pick', image: {link: '/forged', previewUrl: ''},
    }, location.origin);
  }));
  assert.equal((await formData(page)).background, '');
  assert.equal(await page.locator('iframe').count(), 1);
  await close();
});

test('the whole page works under a prefix', async () => {
  const {page, close} = await setup.open();
  await page.goto(setup.server.url.slice(0, -1));
  assert.equal(page.url(), setup.server.url);
  await signIn(page, setup.server, tokens.acme);
  await page.getByText('No images yet').waitFor();
  await close();
});
