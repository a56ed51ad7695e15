// SPDX-License-Identifier: Apache-2.0
// The roles and names that are the page's interface: in each state, each of them finds exactly one
// element, even with Playwright's case-insensitive substring match.

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {drawingFile, uploadDrawings} from './support/drawing.mjs';
import {cardOf, dialog, rowOf, signIn} from './support/gallery_page.mjs';
import {tokens} from './support/gallery_server.mjs';
import {setUp} from './support/test_setup.mjs';

const setup = setUp();

/// Contains the name of every button, and must not match any of them.
const confusing = 'Upload image, Import, Edit, Update image, Save, Cancel, Delete, Name.svg';

const pageButtons = ['Upload image', 'Import image', 'List view', 'Grid view', 'Refresh'];
const imageButtons = ['Download image', 'Export image', 'Edit image', 'Delete image'];

async function assertOne(scope, role, names) {
  for (const name of names) {
    assert.equal(await scope.getByRole(role, {name}).count(), 1, `${role} "${name}"`);
  }
}

async function assertToolbar(page) {
  await assertOne(page, 'button', pageButtons);
  await assertOne(page, 'searchbox', ['Search images']);
  assert.equal(await page.getByLabel('Include system images').count(), 1);
  assert.equal(await page.getByLabel('Search images').count(), 1);
}

/// Checks the only dialog of that name.
async function assertDialog(page, title, {buttons, name = 1, alert = false, files = 0}) {
  const box = page.getByRole('dialog', {name: title});
  assert.equal(await box.count(), 1, `dialog "${title}"`);
  await assertOne(box, 'button', buttons);
  assert.equal(await page.getByLabel('Name', {exact: true}).count(), name, 'field "Name"');
  assert.equal(await box.locator('input[type=file]').count(), files, 'file inputs');
  assert.equal(await box.getByRole('alert').count(), alert ? 1 : 0, 'alert');
  return box;
}

test('the sign-in page has one field and one button', async () => {
  const {page, close} = await setup.open({expected: [401]});
  await page.goto(setup.server.url);
  await page.getByLabel('Access token').fill('wrong');
  assert.equal(await page.getByLabel('Access token').count(), 1);
  assert.equal(await page.getByRole('alert').count(), 0);
  await assertOne(page, 'button', ['Sign in']);
  await page.getByRole('button', {name: 'Sign in'}).click();
  await page.getByRole('alert').waitFor();
  await assertOne(page, 'button', ['Sign in']);
  await close();
});

test('the toolbar’s names are unique in an empty gallery and without search results', async () => {
  const {page, close} = await setup.signedIn();
  await page.getByText('No images yet').waitFor();
  await assertToolbar(page);
  await page.getByRole('searchbox', {name: 'Search images'}).fill('nothing');
  await page.getByText('No images found').waitFor();
  await assertToolbar(page);
  await close();
});

for (const view of ['list', 'grid']) {
  test(`in the ${view} each image has each action once, even with a confusing name`, async () => {
    await uploadDrawings(setup.server, tokens.acme, 2);
    const {page, close} = await setup.signedIn({query: `?view=${view}`});
    await page.getByRole('button', {name: 'Upload image'}).click();
    const box = dialog(page, 'Upload image');
    await box.locator('input[type=file]').setInputFiles(drawingFile(3, confusing));
    await box.getByRole('button', {name: 'Upload', exact: true}).click();
    await box.waitFor({state: 'detached'});
    const image = (view === 'list' ? rowOf : cardOf)(page, confusing);
    await image.waitFor();
    await assertToolbar(page);
    await assertOne(image, 'button', imageButtons);
    await assertOne(image, 'img', [confusing]);
    assert.equal(await image.getByRole('checkbox').count(), 1);
    for (const name of imageButtons) {
      assert.equal(await page.getByRole('button', {name}).count(), 3, name);
    }
    // An image's name appears once: neither a message nor a hidden copy repeats it.
    assert.equal(await page.getByText(confusing).count(), 1);
    assert.equal(await page.getByText('120 × 90').count(), 3);
    assert.equal(await page.getByText('3 images').count(), 1);

    for (const box of await page.getByRole('checkbox', {name: /^Select .*(1|Name.svg)$/}).all()) {
      await box.check();
    }
    await page.getByText('2 images selected').waitFor();
    assert.equal(await page.getByText('2 images selected').count(), 1);
    await assertOne(page, 'button', ['Delete selected images']);
    assert.equal(await page.getByRole('button', {name: 'Delete image'}).count(), 3);
    await close();
  });
}

test('uploading: names are unique without a file, with one, and after an error', async () => {
  const {page, close} = await setup.signedIn();
  await page.getByRole('button', {name: 'Upload image'}).click();
  const buttons = ['Upload', 'Cancel'];
  const box = await assertDialog(page, 'Upload image', {buttons, files: 1});
  await box.getByRole('button', {name: 'Upload'}).click();
  await assertDialog(page, 'Upload image', {buttons, alert: true, files: 1});
  await box.locator('input[type=file]').setInputFiles(drawingFile(1, confusing));
  await assertDialog(page, 'Upload image', {buttons, files: 1});
  await box.locator('input[type=file]').setInputFiles(
    {name: `${confusing}.txt`, mimeType: 'text/plain', buffer: Buffer.from('no image')});
  await assertDialog(page, 'Upload image', {buttons, alert: true, files: 1});
  assert.equal(await page.getByRole('button', {name: 'Upload image'}).count(), 1);
  await close();
});

test('importing: names are unique before and after an error', async () => {
  const {page, close} = await setup.signedIn();
  await page.getByRole('button', {name: 'Import image'}).click();
  const buttons = ['Import', 'Cancel'];
  const box = await assertDialog(page, 'Import image', {buttons, name: 0, files: 1});
  await box.locator('input[type=file]').setInputFiles(
    {name: 'Import.txt', mimeType: 'text/plain', buffer: Buffer.from('no document')});
  await assertDialog(page, 'Import image', {buttons, name: 0, alert: true, files: 1});
  assert.equal(await page.getByRole('button', {name: 'Import image'}).count(), 1);
  await close();
});

test('editing and updating: names are unique, private, public and in nested dialogs', async () => {
  await uploadDrawings(setup.server, tokens.acme, 1);
  const {page, close} = await setup.signedIn();
  await rowOf(page, 'Drawing 1').getByRole('button', {name: 'Edit image'}).click();
  const buttons = ['Save', 'Cancel', 'Copy image link', 'Update image', 'Download image',
    'Export image'];
  const edit = await assertDialog(page, 'Edit image', {buttons});
  await edit.getByRole('switch').check();
  await edit.getByLabel('Shareable link', {exact: true}).waitFor();
  await assertDialog(page, 'Edit image', {buttons});
  assert.equal(await edit.getByLabel('Public').count(), 1);
  await edit.getByLabel('Name', {exact: true}).fill('');
  await edit.getByRole('button', {name: 'Save'}).click();
  await assertDialog(page, 'Edit image', {buttons, alert: true});

  await edit.getByRole('button', {name: 'Update image'}).click();
  const inUpdate = {buttons: ['Update', 'Cancel'], files: 1};
  const update = await assertDialog(page, 'Update image', inUpdate);
  await update.locator('input[type=file]').setInputFiles(drawingFile(2, confusing));
  await assertDialog(page, 'Update image', inUpdate);
  await update.locator('input[type=file]').setInputFiles(
    {name: 'Update.txt', mimeType: 'text/plain', buffer: Buffer.from('no image')});
  await assertDialog(page, 'Update image', {...inUpdate, alert: true});
  assert.equal(await page.getByRole('dialog').count(), 2);
  await page.keyboard.press('Escape');
  await assertDialog(page, 'Edit image', {buttons, alert: true});
  await close();
});

test('deleting: exactly one button of the confirmation begins with Delete', async () => {
  await uploadDrawings(setup.server, tokens.acme, 3);
  await setup.server.api(tokens.acme, 'PUT',
    'api/images/tenant/d1.svg/references/DASHBOARD/one', {body: {name: 'Delete me'}});
  const {page, close} = await setup.signedIn();
  const box = page.getByRole('dialog');
  const yes = box.getByRole('button', {name: /^Delete/});
  await rowOf(page, 'Drawing 1').getByRole('button', {name: 'Delete image'}).click();
  assert.equal(await yes.count(), 1);
  await assertOne(box, 'button', ['Cancel']);
  await yes.click();
  await box.getByRole('alert').waitFor();
  assert.equal(await yes.count(), 1);
  await page.keyboard.press('Escape');
  await page.getByLabel('Select all images of this page').check();
  await page.getByRole('button', {name: 'Delete selected images'}).click();
  assert.equal(await yes.count(), 1);
  await close();
});

test('the sign-in has the same names after a session has ended', async () => {
  const {page, close} = await setup.signedIn({expected: [401]});
  await page.getByText('No images yet').waitFor();
  await page.context().clearCookies();
  await page.getByRole('button', {name: 'Refresh'}).click();
  await page.getByText('Your session has ended.').waitFor();
  await assertOne(page, 'button', ['Sign in']);
  assert.equal(await page.getByLabel('Access token').count(), 1);
  await signIn(page, setup.server, tokens.system);
  await assertOne(page, 'button', pageButtons);
  await page.getByRole('button', {name: 'Tenant limits'}).click();
  await assertDialog(page, 'Tenant limits', {buttons: ['Cancel'], name: 0});
  await close();
});
