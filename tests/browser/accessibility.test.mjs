// SPDX-License-Identifier: Apache-2.0
// Runs axe-core on every state of the page, in light and dark, on a laptop and a small phone; also
// checks that nothing is wider than the screen.

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {assertAccessible} from './support/accessibility.mjs';
import {phone} from './support/browser.mjs';
import {drawingFile, uploadDrawings} from './support/drawing.mjs';
import {dialog, rowOf, signIn} from './support/gallery_page.mjs';
import {tokens} from './support/gallery_server.mjs';
import {setUp} from './support/test_setup.mjs';

const setup = setUp();

const devices = {
  laptop: {}, 'small phone': {...phone, viewport: {width: 360, height: 740}},
};
const problem = (route) => route.fulfill({
  status: 503, contentType: 'application/problem+json',
  body: JSON.stringify({status: 503, message: 'The storage is busy.'}),
});

async function assertAccessibleAndFits(page, state) {
  await assertAccessible(page, state);
  assert.ok(await page.evaluate(() =>
    document.documentElement.scrollWidth <= document.documentElement.clientWidth), `${state}: too wide`);
}

async function closeDialog(page) {
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({state: 'detached'});
}

async function checkPage(page) {
  const {url} = setup.server;
  await page.goto(url);
  await page.getByLabel('Access token').waitFor();
  await assertAccessibleAndFits(page, 'signed out');
  await page.getByRole('button', {name: 'Sign in'}).click();
  await page.getByRole('alert').waitFor();
  await assertAccessibleAndFits(page, 'refused');
  await signIn(page, setup.server, tokens.acme);
  await page.getByText('No images yet').waitFor();
  await assertAccessibleAndFits(page, 'empty');
  await uploadDrawings(setup.server, tokens.acme, 12);
  await uploadDrawings(setup.server, tokens.system, 1, {from: 20});
  await setup.server.api(tokens.acme, 'PUT', 'api/images/tenant/d12.svg/info',
    {body: {title: `${'Pump_station_north_hall_'.repeat(10)}end`}});
  await page.route('**/api/images?*', () => {});
  for (const view of ['list', 'grid']) {
    await page.goto(`${url}?view=${view}`);
    await page.locator('.skeleton').first().waitFor();
    await assertAccessibleAndFits(page, `${view}, loading`);
  }
  await page.unroute('**/api/images?*');
  await page.route('**/api/images?*', problem);
  await page.goto(url);
  await page.getByText('The storage is busy.').waitFor();
  await assertAccessibleAndFits(page, 'failed');
  await page.unroute('**/api/images?*');
  for (const view of ['grid', 'list']) {
    await page.goto(`${url}?view=${view}&includeSystemImages=true`);
    await page.getByRole('checkbox', {name: 'Select Drawing 11'}).check();
    await assertAccessibleAndFits(page, `${view} with a selection`);
  }
}

async function checkDialogs(page) {
  await page.getByRole('button', {name: 'Delete selected images'}).click();
  await assertAccessibleAndFits(page, 'confirmation');
  await closeDialog(page);

  await page.getByRole('button', {name: 'Upload image'}).click();
  await assertAccessibleAndFits(page, 'upload');
  await dialog(page, 'Upload image').locator('input[type=file]').setInputFiles([
    drawingFile(1, `${'a_very_long_file_name_'.repeat(9)}.svg`), drawingFile(2),
    {name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no image')}]);
  await dialog(page, 'Upload image').getByRole('alert').waitFor();
  await assertAccessibleAndFits(page, 'upload with files and a refusal');
  await closeDialog(page);

  await page.getByRole('button', {name: 'Import image'}).click();
  await assertAccessibleAndFits(page, 'import');
  await closeDialog(page);

  await rowOf(page, 'Drawing 20').getByRole('button', {name: 'Edit image'}).click();
  await assertAccessibleAndFits(page, 'system image');
  await closeDialog(page);
  await page.getByRole('button', {name: 'Edit image'}).nth(1).click();
  await page.getByRole('switch', {name: 'Public'}).check();
  await page.getByText('Anyone with the link').waitFor();
  await assertAccessibleAndFits(page, 'edit, public, with a long name');
  await page.getByRole('button', {name: 'Update image'}).click();
  await assertAccessibleAndFits(page, 'update');
  await page.keyboard.press('Escape');
  await closeDialog(page);

  await page.getByRole('searchbox', {name: 'Search images'}).fill('nothing has this name');
  await page.getByText('No images found').waitFor();
  await assertAccessibleAndFits(page, 'nothing found');
  await page.context().setOffline(true);
  await page.getByText('You are offline.').waitFor();
  await page.getByRole('button', {name: 'Refresh'}).click();
  await page.getByText('The gallery cannot be reached').waitFor();
  await assertAccessibleAndFits(page, 'offline');
  await page.context().setOffline(false);
}

async function checkPicker(page) {
  await page.goto(`${setup.server.url}picker_demo.html`);
  await page.getByRole('button', {name: 'Set link'}).click();
  await assertAccessibleAndFits(page, 'demo form');
  await page.getByRole('button', {name: 'Browse from gallery'}).click();
  const [, frame] = page.frames();
  await frame.getByRole('gridcell').nth(3).waitFor();
  await assertAccessibleAndFits(page, 'picker');
  await assertAccessibleAndFits(frame, 'page in the picker');
}

async function checkSystem(page) {
  await signIn(page, setup.server, tokens.system);
  await page.getByRole('button', {name: 'Tenant limits'}).click();
  await page.getByLabel('Tenant', {exact: true}).fill('acme');
  await page.getByRole('button', {name: 'Show limits'}).click();
  await page.getByText('acme stores 12 images').waitFor();
  await assertAccessibleAndFits(page, 'limits');
}

for (const [device, options] of Object.entries(devices)) {
  for (const colorScheme of ['light', 'dark']) {
    test(`every state is accessible and fits the screen: ${device}, ${colorScheme}`, async () => {
      const expected = [503, /ERR_INTERNET_DISCONNECTED/];
      const {page, close} = await setup.open({...options, colorScheme, expected});
      await checkPage(page);
      await checkDialogs(page);
      await checkPicker(page);
      await page.goto(setup.server.url);
      await page.getByRole('button', {name: 'Sign out'}).click();
      await page.getByLabel('Access token').waitFor();
      await checkSystem(page);
      await close();
    });
  }
}
