// SPDX-License-Identifier: Apache-2.0
// Accesses the page by roles and names.

/// Opens the page and signs in.
export async function signIn(page, server, token, query = '') {
  await page.goto(server.url + query);
  await page.getByLabel('Access token').fill(token);
  await page.getByRole('button', {name: 'Sign in'}).click();
  await page.getByRole('button', {name: 'Upload image'}).waitFor();
}

export const dialog = (page, name) => page.getByRole('dialog', {name, exact: true});

/// The row of an image in the list.
export function rowOf(page, title) {
  return page.getByRole('row').filter({has: page.getByRole('img', {name: title, exact: true})});
}

/// The card of an image in the grid.
export function cardOf(page, title) {
  return page.getByRole('gridcell').filter({has: page.getByRole('img', {name: title, exact: true})});
}

/// Uploads files through the dialog; `name`: the image's name, for a single file.
export async function upload(page, files, {name} = {}) {
  await page.getByRole('button', {name: 'Upload image'}).click();
  const upload = dialog(page, 'Upload image');
  await upload.locator('input[type=file]').setInputFiles(files);
  if (name) await upload.getByLabel('Name', {exact: true}).fill(name);
  await upload.getByRole('button', {name: 'Upload', exact: true}).click();
  await upload.waitFor({state: 'detached'});
}

/// The titles in the list, from top to bottom.
export function titlesOf(page) {
  return page.locator('.image-table tbody .title').allTextContents();
}

/// Waits until the list shows these titles.
export async function waitForTitles(page, titles) {
  await page.waitForFunction((expected) => {
    const shown = [...document.querySelectorAll('.image-table tbody .title')];
    return JSON.stringify(shown.map((one) => one.textContent)) === expected;
  }, JSON.stringify(titles));
}

/// Whether an image of the page has been decoded.
export function isShown(picture) {
  return picture.evaluate(async (image) => {
    await image.decode();
    return image.naturalWidth > 0;
  });
}

/// The bytes and the suggested file name of a download.
export async function downloaded(page, start) {
  const [download] = await Promise.all([page.waitForEvent('download'), start()]);
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  return {name: download.suggestedFilename(), bytes: Buffer.concat(chunks)};
}
