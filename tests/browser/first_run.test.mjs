// SPDX-License-Identifier: Apache-2.0
// The whole life cycle of a photograph.

import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {test} from 'node:test';
import {assertAccessible} from './support/accessibility.mjs';
import {
  cardOf, dialog, downloaded, isShown, rowOf, signIn, upload,
} from './support/gallery_page.mjs';
import {tokens} from './support/gallery_server.mjs';
import {photograph} from './support/photographs.mjs';
import {setUp} from './support/test_setup.mjs';

const setup = setUp();

test('a photograph is uploaded, listed, renamed, downloaded, exported and deleted', async () => {
  const file = photograph('Dragonfly');
  const {page, close} = await setup.open();
  await page.goto(setup.server.url);
  await page.getByLabel('Access token').waitFor();
  await assertAccessible(page, 'signed out');
  await signIn(page, setup.server, tokens.acme);
  await assertAccessible(page, 'empty');

  await upload(page, file, {name: 'Dragonfly in the hedge'});
  const row = rowOf(page, 'Dragonfly in the hedge');
  await row.waitFor();
  assert.ok(await isShown(row.getByRole('img')));
  assert.match(await row.textContent(), /4224 × 3168/);
  await assertAccessible(page, 'list');

  await page.getByRole('button', {name: 'Grid view'}).click();
  const card = cardOf(page, 'Dragonfly in the hedge');
  await card.waitFor();
  assert.ok(await isShown(card.getByRole('img')));
  await assertAccessible(page, 'grid');

  await card.getByRole('button', {name: 'Edit image'}).click();
  const edit = dialog(page, 'Edit image');
  await edit.getByLabel('Name', {exact: true}).fill('Dragonfly at noon');
  await edit.getByRole('button', {name: 'Save'}).click();
  await page.getByText('Name saved').waitFor();
  await assertAccessible(page, 'edit dialog');
  await edit.getByRole('button', {name: 'Cancel'}).click();
  await cardOf(page, 'Dragonfly at noon').waitFor();

  await page.getByRole('button', {name: 'List view'}).click();
  const renamed = rowOf(page, 'Dragonfly at noon');
  const json = await downloaded(page, () =>
    renamed.getByRole('button', {name: 'Download image'}).click());
  assert.equal(json.name, 'Dragonfly_by_Bolly.json');
  const document = JSON.parse(json.bytes);
  assert.equal(document.title, 'Dragonfly at noon');
  const original = await readFile(file);
  assert.ok(original.equals(Buffer.from(document.data, 'base64')));

  const exported = await downloaded(page, () =>
    renamed.getByRole('button', {name: 'Export image'}).click());
  assert.equal(exported.name, path.basename(file));
  assert.ok(original.equals(exported.bytes));

  await renamed.getByRole('button', {name: 'Delete image'}).click();
  const confirmation = page.getByRole('dialog');
  await assertAccessible(page, 'confirmation');
  await confirmation.getByRole('button', {name: /^Delete/}).click();
  await confirmation.waitFor({state: 'detached'});
  await page.getByText('No images yet').waitFor();
  await close();
});

test('two tenants in two browsers cannot see each other’s images', async () => {
  const acme = await setup.signedIn({token: tokens.acme});
  const globex = await setup.signedIn({token: tokens.globex});
  await upload(acme.page, photograph('Wine'), {name: 'Only for acme'});
  await upload(globex.page, photograph('Bridge'), {name: 'Only for globex'});
  await rowOf(acme.page, 'Only for acme').waitFor();
  await rowOf(globex.page, 'Only for globex').waitFor();
  for (const {page} of [acme, globex]) {
    await page.getByRole('button', {name: 'Refresh'}).click();
    await page.getByText('1–1 of 1').waitFor();
  }
  assert.equal(await rowOf(acme.page, 'Only for globex').count(), 0);
  assert.equal(await rowOf(globex.page, 'Only for acme').count(), 0);

  const image = await rowOf(acme.page, 'Only for acme').getByRole('img').getAttribute('src');
  const response = await globex.page.request.get(image);
  assert.equal(response.status(), 404);
  await acme.close();
  await globex.close();
});
