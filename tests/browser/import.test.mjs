// SPDX-License-Identifier: Apache-2.0
// Importing the documents created by "Download image".

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {assertAccessible} from './support/accessibility.mjs';
import {uploadDrawings} from './support/drawing.mjs';
import {dialog, downloaded, rowOf, waitForTitles} from './support/gallery_page.mjs';
import {tokens} from './support/gallery_server.mjs';
import {setUp} from './support/test_setup.mjs';

const setup = setUp();

async function importFiles(page, files) {
  await page.getByRole('button', {name: 'Import image'}).click();
  const box = dialog(page, 'Import image');
  await box.locator('input[type=file]').setInputFiles(files);
  await box.getByRole('button', {name: 'Import', exact: true}).click();
  return box;
}

const document = (bytes, name = 'image.json') =>
  ({name, mimeType: 'application/json', buffer: Buffer.from(bytes)});

test('importing a downloaded document restores a deleted image under its key', async () => {
  await uploadDrawings(setup.server, tokens.acme, 2);
  const {page, close} = await setup.signedIn();
  const documents = [];
  for (const title of ['Drawing 1', 'Drawing 2']) {
    documents.push(await downloaded(page, () =>
      rowOf(page, title).getByRole('button', {name: 'Download image'}).click()));
  }
  assert.deepEqual(documents.map(({name}) => name), ['d1.json', 'd2.json']);
  await page.getByLabel('Select all images of this page').check();
  await page.getByRole('button', {name: 'Delete selected images'}).click();
  await page.getByRole('dialog').getByRole('button', {name: /^Delete/}).click();
  await page.getByText('No images yet').waitFor();
  const box = await importFiles(page, documents.map(({bytes, name}) => document(bytes, name)));
  await box.waitFor({state: 'detached'});
  await page.getByText('2 imported').waitFor();
  await rowOf(page, 'Drawing 1').waitFor();
  await rowOf(page, 'Drawing 2').waitFor();
  const info = await setup.server.api(tokens.acme, 'GET', 'api/images/tenant/d1.svg/info');
  assert.equal((await info.json()).title, 'Drawing 1');
  await close();
});

test('an invalid document is rejected with a message, a valid one is imported', async () => {
  await uploadDrawings(setup.server, tokens.globex, 1);
  const response = await setup.server.api(tokens.globex, 'GET', 'api/images/tenant/d1.svg/export');
  const valid = Buffer.from(await response.arrayBuffer());
  const {page, close} = await setup.signedIn({expected: [400]});
  const box = await importFiles(page, [
    document(valid, 'valid.json'), document('{"title": "no data"}', 'broken.json'),
    {name: 'image.png', mimeType: 'image/png', buffer: Buffer.from('png')},
  ]);
  await box.getByRole('alert').getByText(/^broken\.json: /).waitFor();
  await assertAccessible(page, 'import dialog with a refusal');
  await box.getByRole('button', {name: 'Cancel'}).click();
  await waitForTitles(page, ['Drawing 1']);
  await close();
});
