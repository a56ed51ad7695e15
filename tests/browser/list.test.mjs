// SPDX-License-Identifier: Apache-2.0
// The list: order, pages, search, URL, selection.

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {uploadDrawings} from './support/drawing.mjs';
import {dialog, rowOf, titlesOf, waitForTitles} from './support/gallery_page.mjs';
import {tokens} from './support/gallery_server.mjs';
import {setUp} from './support/test_setup.mjs';

const setup = setUp();
const drawings = (...numbers) => numbers.map((number) => `Drawing ${number}`);

test('images are listed newest first, ten per page, with the page in the URL', async () => {
  await uploadDrawings(setup.server, tokens.acme, 23);
  const {page, close} = await setup.signedIn();
  await waitForTitles(page, drawings(23, 22, 21, 20, 19, 18, 17, 16, 15, 14));
  await page.getByText('1–10 of 23').waitFor();
  await page.getByRole('button', {name: 'Next page'}).click();
  await waitForTitles(page, drawings(13, 12, 11, 10, 9, 8, 7, 6, 5, 4));
  assert.equal(new URL(page.url()).search, '?page=1');
  await page.getByRole('button', {name: 'Last page'}).click();
  await waitForTitles(page, drawings(3, 2, 1));
  await page.reload();
  await waitForTitles(page, drawings(3, 2, 1));
  await page.goBack();
  await waitForTitles(page, drawings(13, 12, 11, 10, 9, 8, 7, 6, 5, 4));
  await page.getByLabel('Images per page').selectOption('30');
  await page.getByText('1–23 of 23').waitFor();
  assert.equal((await titlesOf(page)).length, 23);
  assert.ok(await page.getByRole('button', {name: 'Next page'}).isDisabled());
  await close();
});

test('clicking a heading sorts, clicking again reverses the order', async () => {
  await uploadDrawings(setup.server, tokens.acme, 3);
  const {page, close} = await setup.signedIn();
  await waitForTitles(page, drawings(3, 2, 1));
  const heading = page.getByRole('columnheader', {name: 'Name'});
  await heading.click();
  await waitForTitles(page, drawings(1, 2, 3));
  assert.equal(await heading.getAttribute('aria-sort'), 'ascending');
  await heading.getByRole('button').click();
  await waitForTitles(page, drawings(3, 2, 1));
  assert.equal(await heading.getAttribute('aria-sort'), 'descending');
  assert.match(page.url(), /sortProperty=title/);
  await page.getByRole('columnheader', {name: 'Size'}).getByRole('button').click();
  await page.locator('th.cell-size[aria-sort=descending]').waitFor();
  await close();
});

test('a search finds images by name and shows a message without results', async () => {
  await uploadDrawings(setup.server, tokens.acme, 12);
  const {page, close} = await setup.signedIn();
  const search = page.getByRole('searchbox', {name: 'Search images'});
  await search.fill('DRAWING 1');
  await waitForTitles(page, drawings(12, 11, 10, 1));
  assert.equal(new URL(page.url()).searchParams.get('textSearch'), 'DRAWING 1');
  await search.fill('100 %');
  await page.getByText('No image has “100 %” in its name.').waitFor();
  await page.getByRole('button', {name: 'Clear search'}).click();
  await page.getByText('1–10 of 12').waitFor();
  assert.equal(await search.inputValue(), '');
  await close();
});

test('a search is debounced, trimmed and starts at the first page', async () => {
  await uploadDrawings(setup.server, tokens.acme, 12);
  const {page, close} = await setup.signedIn({query: '?page=1'});
  await waitForTitles(page, drawings(2, 1));
  const queries = [];
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.pathname === '/api/images') queries.push(url.searchParams);
  });
  await page.getByRole('searchbox', {name: 'Search images'})
    .pressSequentially('  drawing 1  ', {delay: 5});
  await waitForTitles(page, drawings(12, 11, 10, 1));
  assert.deepEqual(queries.map((query) => [query.get('textSearch'), query.get('page')]),
    [['drawing 1', '0']]);
  assert.equal(new URL(page.url()).searchParams.get('page'), null);
  await close();
});

test('system images are shown on demand and read-only for a tenant', async () => {
  await uploadDrawings(setup.server, tokens.acme, 1);
  await uploadDrawings(setup.server, tokens.system, 1, {from: 2});
  const {page, close} = await setup.signedIn();
  await waitForTitles(page, drawings(1));
  await page.getByLabel('Include system images').check();
  await waitForTitles(page, drawings(2, 1));
  assert.match(page.url(), /includeSystemImages=true/);
  const row = rowOf(page, 'Drawing 2');
  await row.getByText('System image').waitFor();
  assert.ok(await row.getByRole('button', {name: 'Delete image'}).isDisabled());
  assert.ok(await row.getByRole('checkbox').isDisabled());
  await row.getByRole('button', {name: 'Edit image'}).click();
  const edit = dialog(page, 'Edit image');
  await edit.getByText('This is a system image').waitFor();
  assert.equal(await edit.getByRole('button', {name: 'Save'}).count(), 0);
  assert.equal(await edit.getByRole('button', {name: 'Update image'}).count(), 0);
  assert.equal(await edit.getByLabel('Name', {exact: true}).isEditable(), false);
  await close();
});

test('selected images are counted and deleted together', async () => {
  await uploadDrawings(setup.server, tokens.acme, 4);
  const {page, close} = await setup.signedIn();
  await rowOf(page, 'Drawing 1').getByRole('checkbox').check();
  await page.getByText('1 image selected').waitFor();
  await rowOf(page, 'Drawing 3').locator('.cell-created').click();
  await page.getByText('2 images selected').waitFor();
  const all = page.getByLabel('Select all images of this page');
  assert.ok(await all.evaluate((box) => box.indeterminate));
  await page.getByRole('button', {name: 'Delete selected images'}).click();
  const confirmation = dialog(page, 'Delete 2 images');
  await confirmation.getByRole('button', {name: /^Delete/}).click();
  await waitForTitles(page, drawings(4, 2));
  await page.getByText('2 deleted').waitFor();
  await all.check();
  await page.getByText('2 images selected').waitFor();
  await page.getByRole('button', {name: 'Clear selection'}).click();
  await page.getByText('images selected').waitFor({state: 'hidden'});
  await close();
});

test('the page shows the number of images and the space used', async () => {
  await uploadDrawings(setup.server, tokens.acme, 2);
  const {page, close} = await setup.signedIn();
  await page.getByText(/^2 images · \d+ bytes/).waitFor();
  await close();
});

test('the view survives a reload', async () => {
  await uploadDrawings(setup.server, tokens.acme, 2);
  const {page, close} = await setup.signedIn();
  await page.getByRole('button', {name: 'Grid view'}).click();
  await page.getByRole('gridcell').nth(1).waitFor();
  await page.goto(setup.server.url);
  await page.getByRole('gridcell').nth(1).waitFor();
  assert.equal(await page.getByRole('button', {name: 'Grid view'}).getAttribute('aria-pressed'),
    'true');
  await close();
});
