// SPDX-License-Identifier: Apache-2.0
// Uploading by file chooser, drop and paste; limits, progress, cancelling, retrying.

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {assertAccessible} from './support/accessibility.mjs';
import {drawing, drawingFile} from './support/drawing.mjs';
import {dialog, isShown, rowOf, upload, waitForTitles} from './support/gallery_page.mjs';
import {photograph} from './support/photographs.mjs';
import {setUp} from './support/test_setup.mjs';

const setup = setUp(['--max-image-bytes', '3000000', '--max-total-bytes', '4000000']);

/// Simulates dropping files on `target`.
async function drop(page, target, files) {
  const transfer = await page.evaluateHandle((list) => {
    const data = new DataTransfer();
    for (const {name, type, text} of list) data.items.add(new File([text], name, {type}));
    return data;
  }, files);
  await page.dispatchEvent(target, 'dragenter', {dataTransfer: transfer});
  await page.dispatchEvent(target, 'dragover', {dataTransfer: transfer});
  await page.dispatchEvent(target, 'drop', {dataTransfer: transfer});
}

const svg = (number, name = `dropped-${number}.svg`) =>
  ({name, type: 'image/svg+xml', text: drawing(number).toString()});

test('several files are uploaded at once, each with its own name', async () => {
  const {page, close} = await setup.signedIn();
  await page.getByRole('button', {name: 'Upload image'}).click();
  const box = dialog(page, 'Upload image');
  await box.getByText('at most 2.9 MB each').waitFor();
  await box.locator('input[type=file]').setInputFiles([1, 2, 3].map((n) => drawingFile(n)));
  await box.getByLabel('Name', {exact: true}).nth(1).fill('The second');
  assert.ok(await isShown(box.getByRole('listitem').nth(0).locator('img')));
  await assertAccessible(page, 'upload dialog with files');
  await box.getByRole('button', {name: 'Upload', exact: true}).click();
  await box.waitFor({state: 'detached'});
  await page.getByText('3 uploaded').waitFor();
  for (const title of ['drawing-1.svg', 'The second', 'drawing-3.svg']) {
    await rowOf(page, title).waitFor();
  }
  await close();
});

test('a name can be entered before choosing the file', async () => {
  const {page, close} = await setup.signedIn();
  await page.getByRole('button', {name: 'Upload image'}).click();
  const box = dialog(page, 'Upload image');
  await box.getByLabel('Name', {exact: true}).fill('Named first');
  await box.locator('input[type=file]').setInputFiles(drawingFile(1));
  await box.getByRole('button', {name: 'Upload', exact: true}).click();
  await rowOf(page, 'Named first').waitFor();
  await close();
});

test('files dropped anywhere on the page open the upload dialog', async () => {
  const {page, close} = await setup.signedIn();
  await drop(page, 'main', [svg(1), svg(2)]);
  const box = dialog(page, 'Upload image');
  await box.getByText('dropped-2.svg').waitFor();
  await drop(page, '.file-chooser', [svg(3)]);
  assert.equal(await box.getByLabel('Name', {exact: true}).count(), 3);
  await box.getByRole('button', {name: 'Upload', exact: true}).click();
  await rowOf(page, 'dropped-3.svg').waitFor();
  assert.equal(await page.getByRole('row').count(), 4);
  await close();
});

test('a file dragged by the browser itself is accepted', async () => {
  const {page, close} = await setup.signedIn();
  const cdp = await page.context().newCDPSession(page);
  const data = {items: [], files: [photograph('Wine')], dragOperationsMask: 1};
  for (const type of ['dragEnter', 'dragOver', 'drop']) {
    await cdp.send('Input.dispatchDragEvent', {type, x: 400, y: 500, data});
  }
  const box = dialog(page, 'Upload image');
  await box.getByRole('button', {name: 'Upload', exact: true}).click();
  const row = rowOf(page, 'Wine_by_Jakkub_Mede.jpg');
  await row.waitFor();
  assert.ok(await isShown(row.getByRole('img')));
  await close();
});

test('an image can be pasted from the clipboard', async () => {
  const {page, close} = await setup.signedIn();
  await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(40, 30);
    canvas.getContext('2d').fillRect(5, 5, 20, 20);
    const blob = await canvas.convertToBlob({type: 'image/png'});
    await navigator.clipboard.write([new ClipboardItem({'image/png': blob})]);
  });
  await page.keyboard.press('Control+V');
  const box = dialog(page, 'Upload image');
  await box.getByLabel('Name', {exact: true}).fill('Pasted');
  await box.getByRole('button', {name: 'Upload', exact: true}).click();
  await rowOf(page, 'Pasted').waitFor();
  assert.match(await rowOf(page, 'Pasted').textContent(), /40 × 30/);
  await close();
});

test('files that are too large or not images are rejected before anything is sent', async () => {
  const {page, close} = await setup.signedIn();
  let sent = 0;
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/api/image')) sent += 1;
  });
  await page.getByRole('button', {name: 'Upload image'}).click();
  const box = dialog(page, 'Upload image');
  await box.getByText('at most 2.9 MB each').waitFor();
  await box.locator('input[type=file]').setInputFiles([
    {name: 'huge.png', mimeType: 'image/png', buffer: Buffer.alloc(3_000_001)},
    {name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no image')},
  ]);
  const alert = box.getByRole('alert');
  await alert.getByText('huge.png: Too large: 3,000,001 bytes, the maximum is 3,000,000.').waitFor();
  await alert.getByText('notes.txt: This is not an image.').waitFor();
  await assertAccessible(page, 'upload dialog with refusals');
  await box.getByRole('button', {name: 'Upload', exact: true}).click();
  await alert.getByText('notes.txt').waitFor();
  for (const name of ['huge.png', 'notes.txt']) {
    await box.getByRole('listitem').filter({hasText: name})
      .getByRole('button', {name: 'Remove from list'}).click();
  }
  await box.getByRole('button', {name: 'Upload', exact: true}).click();
  await alert.getByText('Choose a file first.').waitFor();
  await box.locator('input[type=file]').setInputFiles([1, 2].map((number) =>
    ({name: `big${number}.png`, mimeType: 'image/png', buffer: Buffer.alloc(2_500_000)})));
  await box.getByRole('button', {name: 'Upload', exact: true}).click();
  await alert.getByText('Not enough space: 4.8 MB needed, 3.8 MB free.').waitFor();
  assert.equal(sent, 0);
  await close();
});

test('a server error is shown and the upload can be retried', async () => {
  const {page, close} = await setup.signedIn({expected: [415, 503]});
  await page.getByRole('button', {name: 'Upload image'}).click();
  const box = dialog(page, 'Upload image');
  await box.locator('input[type=file]').setInputFiles([
    {name: 'lie.png', mimeType: 'image/png', buffer: Buffer.from('this is no picture at all')},
  ]);
  await box.getByRole('button', {name: 'Upload', exact: true}).click();
  await box.getByRole('alert').getByText(/^lie\.png: /).waitFor();
  await box.getByRole('button', {name: 'Remove from list'}).click();

  await page.route('**/api/image', (route) => route.fulfill({
    status: 503, contentType: 'application/problem+json',
    body: JSON.stringify({status: 503, message: 'Too much at once.'}),
  }));
  await box.locator('input[type=file]').setInputFiles(drawingFile(1, 'again.svg'));
  await box.getByRole('button', {name: 'Upload', exact: true}).click();
  await box.getByRole('alert').getByText('again.svg: Too much at once.').waitFor();
  await page.unroute('**/api/image');
  await box.getByRole('button', {name: 'Upload', exact: true}).click();
  await rowOf(page, 'again.svg').waitFor();
  await waitForTitles(page, ['again.svg']);
  await close();
});

test('progress is shown, and cancelling aborts the transfer', async () => {
  const {page, close} = await setup.signedIn();
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Network.enable');
  await cdp.send('Network.emulateNetworkConditions', {
    offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 200_000,
  });
  await page.getByRole('button', {name: 'Upload image'}).click();
  const box = dialog(page, 'Upload image');
  await box.locator('input[type=file]').setInputFiles(photograph('Dragonfly'));
  await box.getByRole('button', {name: 'Upload', exact: true}).click();
  const progress = box.getByRole('progressbar');
  await page.waitForFunction(() => {
    const {value} = document.querySelector('progress');
    return value > 0.05 && value < 0.95;
  });
  await box.getByText(/Sending, \d+ %/).waitFor();
  assert.ok(await progress.isVisible());
  await assertAccessible(page, 'upload in progress');
  await box.getByRole('button', {name: 'Cancel'}).click();
  await box.waitFor({state: 'detached'});
  await cdp.send('Network.emulateNetworkConditions', {
    offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1,
  });
  await page.getByRole('button', {name: 'Refresh'}).click();
  await page.getByText('No images yet').waitFor();
  await close();
});

test('uploading the same file twice creates two images', async () => {
  const {page, close} = await setup.signedIn();
  await upload(page, drawingFile(1), {name: 'One'});
  await upload(page, drawingFile(1), {name: 'Two'});
  await waitForTitles(page, ['Two', 'One']);
  await close();
});
