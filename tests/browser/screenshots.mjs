// SPDX-License-Identifier: Apache-2.0
// Takes screenshots of the page: all scenes on phone, laptop and 4K, light and dark, into
// build/screenshots, and the small ones for the documentation into docs/images. `node
// screenshots.mjs TEXT` takes only those with the text in their names.

import {mkdir, stat} from 'node:fs/promises';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {launchBrowser, newPage, phone} from './support/browser.mjs';
import {cardOf, rowOf} from './support/gallery_page.mjs';
import {startServer, tokens} from './support/gallery_server.mjs';
import {demoImages, photograph} from './support/photographs.mjs';

const outputDirectory = fileURLToPath(new URL('../../build/screenshots', import.meta.url));
const docsDirectory = fileURLToPath(new URL('../../docs/images', import.meta.url));
const maxDocumentBytes = 400_000;

const sizes = {
  phone,
  laptop: {viewport: {width: 1440, height: 900}},
  '4k': {viewport: {width: 3840, height: 2160}},
};

async function showGrid(page) {
  await page.getByLabel('Include system images').check();
  await page.getByRole('button', {name: 'Grid view'}).click();
  await page.getByRole('gridcell').first().waitFor();
}

const respondWith = (value, status = 200) => (route) =>
  route.fulfill({status, contentType: 'application/json', body: JSON.stringify(value)});

async function reload(page, path, respond) {
  await page.route(path, respond);
  await page.reload();
}

/// Each scene prepares the page for its screenshot.
const scenes = {
  list: async () => {},
  grid: showGrid,
  selection: async (page) => {
    await showGrid(page);
    for (const title of ['Sunset by Aitzol Berasategi', 'Life by Aitzol Berasategi']) {
      await page.getByRole('checkbox', {name: `Select ${title}`}).check();
    }
    await cardOf(page, 'Greentock by Peter Nerlich').getByRole('button', {name: 'Edit image'}).focus();
  },
  'long-names': async (page) => {
    const long = 'Pump_station_north_hall_second_floor_'.repeat(6);
    await reload(page, '**/api/images?*', async (route) => {
      const page = await (await route.fetch()).json();
      page.data[1].title = long;
      page.data[2].title = `${long.replaceAll('_', ' ')}, seen from the gate`;
      await respondWith(page)(route);
    });
    await rowOf(page, long).waitFor();
  },
  'signed-out': async (page) => {
    await reload(page, '**/api/session', respondWith({role: 'anonymous'}));
    await page.getByLabel('Access token').waitFor();
  },
  empty: async (page) => {
    await reload(page, '**/api/images?*',
      respondWith({data: [], totalPages: 0, totalElements: 0, hasNext: false}));
    await page.getByText('No images yet').waitFor();
  },
  failed: async (page) => {
    await reload(page, '**/api/images?*', respondWith({message: 'The storage is busy.'}, 503));
    await page.getByText('The storage is busy.').waitFor();
  },
  loading: async (page) => {
    await reload(page, '**/api/images?*', () => {});
    await page.locator('.skeleton').first().waitFor();
  },
  limits: async (page) => {
    await page.getByRole('button', {name: 'Switch account'}).click();
    await page.getByLabel('Access token').fill(tokens.system);
    await page.getByRole('button', {name: 'Sign in'}).click();
    await page.getByRole('button', {name: 'Tenant limits'}).click();
    await page.getByLabel('Tenant', {exact: true}).fill('acme');
    await page.getByRole('button', {name: 'Show limits'}).click();
    await page.getByText('acme stores').waitFor();
  },
  pick: async (page) => {
    await page.goto(new URL('picker_demo.html', page.url()).href);
    await page.getByRole('button', {name: 'Browse from gallery'}).click();
    await page.frameLocator('iframe').getByRole('gridcell').nth(3).waitFor();
  },
  picked: async (page) => {
    await scenes.pick(page);
    await page.frameLocator('iframe').getByRole('img', {name: 'Sunset'}).click();
    await page.locator('iframe').waitFor({state: 'detached'});
  },
  edit: async (page) => {
    await rowOf(page, 'Life by Aitzol Berasategi').getByRole('button', {name: 'Edit image'}).click();
  },
  upload: async (page) => {
    await page.getByRole('button', {name: 'Upload image'}).click();
    const box = page.getByRole('dialog');
    await box.locator('input[type=file]').setInputFiles(
      [photograph('Picture_0B'), photograph('seeding')]);
    await box.getByLabel('Name', {exact: true}).first().fill('Figs in a red bowl');
  },
  delete: async (page) => {
    const row = rowOf(page, 'Bridge by Sander Klootwijk');
    await row.getByRole('button', {name: 'Delete image'}).click();
    await page.getByRole('dialog').getByRole('button', {name: /^Delete/}).click();
    await page.getByRole('button', {name: 'Delete anyway'}).waitFor();
  },
};

/// Moves the image in use to the first page.
const queries = {delete: '?sortOrder=ASC'};

/// The other scenes look the same on a 4K screen, with more space around them.
const largeScenes = ['list', 'grid', 'edit', 'empty'];

/// The screenshots for the documentation.
const shown = {
  'gallery.png': {
    scene: 'grid', query: '?sortProperty=size&sortOrder=ASC', viewport: {width: 1180, height: 664},
  },
  'list.png': {scene: 'list', viewport: {width: 1180, height: 760}, colorScheme: 'dark'},
  'phone.png': {scene: 'list', ...phone, deviceScaleFactor: 1},
};

async function settle(page) {
  if (!await page.locator('.skeleton').count()) await page.waitForLoadState('networkidle');
  await page.evaluate(async () => {
    const shown = [...document.images].filter((image) => {
      const {top, bottom} = image.getBoundingClientRect();
      return bottom > 0 && top < innerHeight;
    });
    await Promise.all(shown.map((image) => image.decode().catch(() => {})));
    await document.fonts.ready;
  });
}

/// Takes a screenshot of `options.scene` into `file`; fails if it exceeds `maxBytes`.
async function picture(browser, server, file, {scene, query = '', maxBytes = Infinity, ...options}) {
  if (!path.basename(file).includes(process.argv[2] ?? '')) return;
  const {page, close} = await newPage(browser, server, {expected: [503], ...options});
  await page.goto(server.url + query);
  await page.locator('.thumbnail img').first().waitFor();
  await scenes[scene](page);
  await settle(page);
  await page.mouse.move(0, 0);
  await page.screenshot({path: file, animations: 'disabled'});
  await close();
  const {size} = await stat(file);
  console.log(`${path.basename(file).padEnd(28)} ${(size / 1024).toFixed(0)} KB`);
  if (size > maxBytes) throw new Error(`${file} has ${size} bytes`);
}

for (const directory of [outputDirectory, docsDirectory]) await mkdir(directory, {recursive: true});
const server = await startServer(['--demo', '--demo-images', demoImages]);
const browser = await launchBrowser();
try {
  for (const scene of Object.keys(scenes)) {
    for (const size of Object.keys(sizes)) {
      if (size === '4k' && !largeScenes.includes(scene)) continue;
      for (const colorScheme of ['light', 'dark']) {
        await picture(browser, server,
          path.join(outputDirectory, `${scene}-${size}-${colorScheme}.png`),
          {scene, colorScheme, query: queries[scene], ...sizes[size]});
      }
    }
  }
  for (const [name, options] of Object.entries(shown)) {
    await picture(browser, server, path.join(docsDirectory, name),
      {...options, maxBytes: maxDocumentBytes});
  }
} finally {
  await browser.close();
  await server.stop();
}
