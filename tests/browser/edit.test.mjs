// SPDX-License-Identifier: Apache-2.0
// The edit dialog: name, new bytes, visibility, links, and concurrent edits.

import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {test} from 'node:test';
import {assertAccessible} from './support/accessibility.mjs';
import {drawing, drawingFile, uploadDrawings} from './support/drawing.mjs';
import {dialog, rowOf, waitForTitles} from './support/gallery_page.mjs';
import {tokens} from './support/gallery_server.mjs';
import {photograph} from './support/photographs.mjs';
import {setUp} from './support/test_setup.mjs';

const setup = setUp();

async function openEditor(page, title) {
  await rowOf(page, title).getByRole('button', {name: 'Edit image'}).click();
  const edit = dialog(page, 'Edit image');
  await edit.waitFor();
  return edit;
}

const clipboard = (page) => page.evaluate(() => navigator.clipboard.readText());

test('saving a new name keeps the dialog open', async () => {
  await uploadDrawings(setup.server, tokens.acme, 2);
  const {page, close} = await setup.signedIn();
  const edit = await openEditor(page, 'Drawing 1');
  const name = edit.getByLabel('Name', {exact: true});
  await name.fill('  ');
  await edit.getByRole('button', {name: 'Save'}).click();
  await edit.getByRole('alert').getByText('Enter a name.').waitFor();
  await name.fill('Renamed <b>&amp;</b>');
  await name.press('Enter');
  await edit.getByText('Name saved').waitFor();
  await name.fill('Renamed twice');
  await edit.getByRole('button', {name: 'Save'}).click();
  await waitForTitles(page, ['Drawing 2', 'Renamed twice']);
  assert.ok(await edit.isVisible());
  await page.keyboard.press('Escape');
  await edit.waitFor({state: 'detached'});
  await close();
});

test('closing the dialog restores the focus', async () => {
  await uploadDrawings(setup.server, tokens.acme, 2);
  const {page, close} = await setup.signedIn();
  const edit = await openEditor(page, 'Drawing 2');
  await edit.getByLabel('Name', {exact: true}).fill('Other');
  await edit.getByRole('button', {name: 'Save'}).click();
  await rowOf(page, 'Other').waitFor();
  await edit.getByRole('button', {name: 'Cancel'}).click();
  await page.waitForFunction(() => document.activeElement.dataset.action === 'edit' &&
    document.activeElement.closest('tr').textContent.includes('Other'));
  await close();
});

test('a conflicting edit is reported and overwrites nothing', async () => {
  await uploadDrawings(setup.server, tokens.acme, 1);
  const {page, close} = await setup.signedIn({expected: [412]});
  const edit = await openEditor(page, 'Drawing 1');
  await page.waitForLoadState('networkidle');
  await setup.server.api(tokens.acme, 'PUT', 'api/images/tenant/d1.svg/info',
    {body: {title: 'Theirs'}});
  const name = edit.getByLabel('Name', {exact: true});
  await name.fill('Mine');
  await edit.getByRole('button', {name: 'Save'}).click();
  const alert = edit.getByRole('alert');
  await alert.getByText('Its name is now “Theirs”. Your change was not saved.').waitFor();
  await assertAccessible(page, 'conflict');
  const now = await setup.server.api(tokens.acme, 'GET', 'api/images/tenant/d1.svg/info');
  assert.equal((await now.json()).title, 'Theirs');
  assert.equal(await name.inputValue(), 'Mine');
  await alert.getByRole('button', {name: 'Keep mine'}).click();
  await waitForTitles(page, ['Mine']);
  await close();
});

test('visibility and bytes are protected against conflicting edits too', async () => {
  await uploadDrawings(setup.server, tokens.acme, 1);
  const {page, close} = await setup.signedIn({expected: [412]});
  const rename = (title) => setup.server.api(tokens.acme, 'PUT', 'api/images/tenant/d1.svg/info',
    {body: {title}});
  const edit = await openEditor(page, 'Drawing 1');
  await page.waitForLoadState('networkidle');
  await rename('Theirs');
  await edit.getByRole('switch', {name: 'Public'}).click();
  await edit.getByRole('alert').getByText('Its name is now “Theirs”.').waitFor();
  assert.equal(await edit.getByRole('switch', {name: 'Public'}).isChecked(), false);
  await edit.getByRole('button', {name: 'Keep mine'}).click();
  await edit.getByText('Anyone with the link can see it.').waitFor();
  assert.equal(await edit.getByLabel('Name', {exact: true}).inputValue(), 'Theirs');

  await rename('Theirs again');
  await edit.getByRole('button', {name: 'Update image'}).click();
  const update = dialog(page, 'Update image');
  await update.locator('input[type=file]').setInputFiles(drawingFile(9));
  await update.getByRole('button', {name: 'Update', exact: true}).click();
  await update.getByRole('alert').getByText('Someone else has changed this image').waitFor();
  const kept = await setup.server.api(tokens.acme, 'GET', 'api/images/tenant/d1.svg');
  assert.ok(drawing(1).equals(Buffer.from(await kept.arrayBuffer())));
  await update.getByRole('button', {name: 'Update', exact: true}).click();
  await update.waitFor({state: 'detached'});
  const replaced = await setup.server.api(tokens.acme, 'GET', 'api/images/tenant/d1.svg');
  assert.ok(drawing(9).equals(Buffer.from(await replaced.arrayBuffer())));
  await close();
});

test('replacing the bytes keeps name, key and links', async () => {
  await uploadDrawings(setup.server, tokens.acme, 1);
  const {page, close} = await setup.signedIn();
  const edit = await openEditor(page, 'Drawing 1');
  await edit.getByRole('button', {name: 'Update image'}).click();
  const update = dialog(page, 'Update image');
  await assertAccessible(page, 'update dialog');
  await update.getByRole('button', {name: 'Update', exact: true}).click();
  await update.getByRole('alert').getByText('Choose a file first.').waitFor();
  const file = photograph('Picture_1A');
  await update.locator('input[type=file]').setInputFiles(file);
  await update.getByRole('button', {name: 'Update', exact: true}).click();
  await update.waitFor({state: 'detached'});
  await edit.getByText('1365 × 1074').waitFor();
  await edit.getByRole('button', {name: 'Cancel'}).click();
  assert.match(await rowOf(page, 'Drawing 1').textContent(), /1365 × 1074/);
  const stored = await setup.server.api(tokens.acme, 'GET', 'api/images/tenant/d1.svg');
  assert.ok((await readFile(file)).equals(Buffer.from(await stored.arrayBuffer())));
  await close();
});

test('an image is made public and private again, and its links are copied', async () => {
  await uploadDrawings(setup.server, tokens.acme, 1);
  const {page, close} = await setup.signedIn();
  const edit = await openEditor(page, 'Drawing 1');
  await edit.getByRole('button', {name: 'Copy image link'}).click();
  await edit.getByText('Link copied').waitFor();
  assert.equal(await clipboard(page), `${setup.server.url}api/images/tenant/d1.svg`);

  await edit.getByRole('switch', {name: 'Public'}).check();
  await edit.getByText('Anyone with the link can see it.').waitFor();
  await edit.getByRole('button', {name: 'Copy shareable link'}).click();
  await edit.getByText('Shareable link copied').waitFor();
  const link = await clipboard(page);
  const response = await fetch(link);
  assert.ok(drawing(1).equals(Buffer.from(await response.arrayBuffer())));
  await edit.getByRole('button', {name: 'Copy HTML'}).click();
  await edit.getByText('HTML copied').waitFor();
  assert.equal(await clipboard(page),
    `<img src="${link}" alt="Drawing 1" width="120" height="90">`);
  await edit.getByRole('button', {name: 'Copy Markdown'}).click();
  await edit.getByText('Markdown copied').waitFor();
  assert.equal(await clipboard(page), `![Drawing 1](${link})`);

  await edit.getByRole('switch', {name: 'Public'}).uncheck();
  await edit.getByText('Only signed-in users can see it.').waitFor();
  assert.equal((await fetch(link)).status, 404);
  await close();
});

test('opening an image deleted by someone else shows an error', async () => {
  await uploadDrawings(setup.server, tokens.acme, 1);
  const {page, close} = await setup.signedIn({expected: [404]});
  await rowOf(page, 'Drawing 1').waitFor();
  await setup.server.api(tokens.acme, 'DELETE', 'api/images/tenant/d1.svg');
  const edit = await openEditor(page, 'Drawing 1');
  await edit.getByRole('alert').getByText('This image has been deleted.').waitFor();
  await close();
});

test('markup in names and keys is shown as text everywhere', async () => {
  const {page, close} = await setup.signedIn();
  await page.getByRole('button', {name: 'Upload image'}).click();
  const box = dialog(page, 'Upload image');
  await box.locator('input[type=file]').setInputFiles(
    drawingFile(1, 'Über "50 %" & 日本 #1?.svg'));
  await box.getByLabel('Name', {exact: true}).fill('<img src=x onerror=alert(1)> "q" ]');
  await box.getByRole('button', {name: 'Upload', exact: true}).click();
  const row = rowOf(page, '<img src=x onerror=alert(1)> "q" ]');
  await row.waitFor();
  await row.getByRole('button', {name: 'Edit image'}).click();
  const edit = dialog(page, 'Edit image');
  await edit.getByText('Über "50 %" & 日本 #1?.svg').waitFor();
  await edit.getByRole('button', {name: 'Copy HTML'}).click();
  await edit.getByText('HTML copied').waitFor();
  assert.match(await clipboard(page), /alt="&lt;img src=x onerror=alert\(1\)&gt; &quot;q&quot; \]"/);
  await edit.getByRole('button', {name: 'Cancel'}).click();
  await row.getByRole('button', {name: 'Delete image'}).click();
  await page.getByRole('dialog').getByRole('button', {name: /^Delete/}).click();
  await page.getByText('No images yet').waitFor();
  await close();
});
