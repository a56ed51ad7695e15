// SPDX-License-Identifier: Apache-2.0
// Deleting asks for confirmation and lists the users of an image.

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {assertAccessible} from './support/accessibility.mjs';
import {uploadDrawings} from './support/drawing.mjs';
import {dialog, rowOf, waitForTitles} from './support/gallery_page.mjs';
import {tokens} from './support/gallery_server.mjs';
import {setUp} from './support/test_setup.mjs';

const setup = setUp();

function use(key, type, id, name) {
  return setup.server.api(tokens.acme, 'PUT',
    `api/images/tenant/${key}/references/${type}/${id}`, {body: {name}});
}

test('nothing is deleted without confirmation', async () => {
  await uploadDrawings(setup.server, tokens.acme, 1);
  const {page, close} = await setup.signedIn();
  await rowOf(page, 'Drawing 1').getByRole('button', {name: 'Delete image'}).click();
  const box = dialog(page, 'Delete image');
  await box.getByText('Delete “Drawing 1”?').waitFor();
  await box.getByRole('button', {name: 'Cancel'}).click();
  await box.waitFor({state: 'detached'});
  await page.getByRole('button', {name: 'Refresh'}).click();
  await waitForTitles(page, ['Drawing 1']);
  await close();
});

test('deleting an image in use lists its users and asks again', async () => {
  await uploadDrawings(setup.server, tokens.acme, 1);
  await use('d1.svg', 'DASHBOARD', 'one', 'North hall');
  await use('d1.svg', 'DEVICE_PROFILE', 'two', 'Pump');
  const {page, close} = await setup.signedIn();
  await rowOf(page, 'Drawing 1').getByRole('button', {name: 'Delete image'}).click();
  const box = page.getByRole('dialog');
  await box.getByRole('button', {name: /^Delete/}).click();
  await box.getByRole('alert').getByText('“Drawing 1” is in use and was not deleted.').waitFor();
  assert.match(await box.textContent(), /dashboard North hall/);
  assert.match(await box.textContent(), /device profile Pump/);
  await assertAccessible(page, 'image in use');
  await box.getByRole('button', {name: 'Delete anyway'}).click();
  await page.getByText('No images yet').waitFor();
  await close();
});

test('deleting many images deletes the unused ones and asks about the others', async () => {
  await uploadDrawings(setup.server, tokens.acme, 4);
  await use('d2.svg', 'DASHBOARD', 'one', 'North hall');
  const {page, close} = await setup.signedIn();
  await page.getByLabel('Select all images of this page').check();
  await page.getByRole('button', {name: 'Delete selected images'}).click();
  const box = page.getByRole('dialog');
  await assertAccessible(page, 'many to delete');
  await box.getByRole('button', {name: /^Delete/}).click();
  await box.getByRole('button', {name: 'Delete anyway'}).waitFor();
  await box.getByRole('button', {name: 'Cancel'}).click();
  await waitForTitles(page, ['Drawing 2']);
  await close();
});

test('an image already deleted by someone else counts as deleted', async () => {
  await uploadDrawings(setup.server, tokens.acme, 2);
  const {page, close} = await setup.signedIn();
  await rowOf(page, 'Drawing 1').waitFor();
  await setup.server.api(tokens.acme, 'DELETE', 'api/images/tenant/d1.svg');
  await rowOf(page, 'Drawing 1').getByRole('button', {name: 'Delete image'}).click();
  await page.getByRole('dialog').getByRole('button', {name: /^Delete/}).click();
  await waitForTitles(page, ['Drawing 2']);
  await close();
});
