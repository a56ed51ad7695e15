// SPDX-License-Identifier: Apache-2.0
// An uploaded SVG runs no script and loads nothing, however it is opened.

import assert from 'node:assert/strict';
import {once} from 'node:events';
import http from 'node:http';
import {after, before, test} from 'node:test';
import {tokens} from './support/gallery_server.mjs';
import {hostileDrawings, sameSite} from './support/hostile_drawings.mjs';
import {setUp} from './support/test_setup.mjs';

const setup = setUp();

/// Another site: it records all requests, embeds drawings, and serves them without the gallery's
/// security headers.
const otherSite = {
  requests: [],
  pages: new Map(),
  async start() {
    this.server = http.createServer((request, response) => {
      const page = this.pages.get(request.url);
      if (page) {
        response.writeHead(200, {'Content-Type': page.type});
        response.end(page.text);
        return;
      }
      if (request.url !== '/favicon.ico') this.requests.push(request.url);
      response.writeHead(200, {'Content-Type': 'text/javascript', 'Access-Control-Allow-Origin': '*'});
      response.end('console.log("RAN")');
    });
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.url = `http://127.0.0.1:${this.server.address().port}`;
  },
};

before(() => otherSite.start());
after(() => otherSite.server.closeAllConnections() || otherSite.server.close());

const drawings = () => hostileDrawings(
  `console.log('RAN');fetch('${otherSite.url}/fetched');alert(1)`, `${otherSite.url}/loaded`);

/// Visits something in a new page of `context`, and returns the unwanted events.
async function unwantedEvents(context, visit) {
  otherSite.requests.length = 0;
  const events = [];
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.text() === 'RAN') events.push('a script ran');
  });
  page.on('dialog', async (dialog) => {
    events.push('a dialog opened');
    await dialog.dismiss();
  });
  page.on('response', (response) => {
    if (new URL(response.url()).pathname === sameSite) events.push('the same site was requested');
  });
  page.on('popup', () => events.push('a window opened'));
  await visit(page);
  // Hovers, clicks and renders two frames, so that everything automatic has started. Not by script:
  // ours would not run here either.
  await page.mouse.move(50, 50);
  await page.mouse.click(50, 50);
  const session = await context.newCDPSession(page);
  for (let frame = 0; frame < 2; frame += 1) await session.send('Page.captureScreenshot');
  await page.close();
  return [...events, ...otherSite.requests.map((target) => `${target} was requested`)];
}

/// Uploads all drawings. Returns the accepted images by name, and the rejected names.
async function uploadAll() {
  const links = new Map();
  const rejected = [];
  for (const [name, text] of Object.entries(drawings())) {
    const target = `${setup.server.url}api/image?public=true&fileName=${encodeURIComponent(name)}.svg`;
    const response = await fetch(target, {
      method: 'POST', body: text,
      headers: {Authorization: `Bearer ${tokens.acme}`, 'Content-Type': 'image/svg+xml'},
    });
    if (response.ok) links.set(name, await response.json());
    else rejected.push(`${name}: ${response.status}`);
  }
  return {links, rejected};
}

test('files that only pretend to be drawings are rejected', async () => {
  const {links, rejected} = await uploadAll();
  assert.deepEqual(rejected.map((one) => one.replace(/: 4\d\d$/, '')).sort(), [
    'HTML that says it is a drawing', 'entity of its own', 'external entity']);
  assert.ok(links.size >= 40);
});

test('a drawing opened by its public link runs and loads nothing', async () => {
  const {links} = await uploadAll();
  const context = await setup.browser.newContext();
  for (const [name, image] of links) {
    const link = new URL(image.publicLink, setup.server.url).href;
    const events = await unwantedEvents(context, (page) => page.goto(link));
    assert.deepEqual(events, [], name);
  }
});

test('a drawing embedded by another site runs and loads nothing', async () => {
  const {links} = await uploadAll();
  const context = await setup.browser.newContext();
  for (const [name, image] of links) {
    const link = new URL(image.publicLink, setup.server.url).href;
    otherSite.pages.set('/embedding', {
      type: 'text/html',
      text: `<!doctype html><title>e</title><iframe src="${link}"></iframe><object data="${link}"></object>
        <embed src="${link}"><img src="${link}" alt=""><p style="background:url(${link})">p</p>`,
    });
    const events = await unwantedEvents(context, (page) => page.goto(`${otherSite.url}/embedding`));
    assert.deepEqual(events, [], name);
  }
});

test('opening a private drawing downloads it', async () => {
  const {page, close} = await setup.signedIn();
  const text = drawings().script;
  const response = await setup.server.api(tokens.acme, 'POST', '/api/image?fileName=a.svg',
    {body: text, type: 'image/svg+xml'});
  const {link} = await response.json();
  const download = page.waitForEvent('download');
  await page.goto(new URL(link, setup.server.url).href).catch(() => {});
  assert.equal((await download).suggestedFilename(), 'a.svg');
  await close();
});

test('the same drawings do run and load without the gallery’s security headers', async () => {
  const context = await setup.browser.newContext();
  const harmless = [];
  for (const [name, text] of Object.entries(drawings())) {
    otherSite.pages.set('/drawing', {type: 'image/svg+xml', text});
    const events = await unwantedEvents(context, (page) =>
      page.goto(`${otherSite.url}/drawing`).catch(() => {}));
    if (events.length === 0) harmless.push(name);
  }
  // The others prove that the tests above can detect unwanted events.
  console.log(`harmless in this browser: ${harmless.join(', ')}`);
  assert.ok(harmless.length < 20, harmless.join(', '));
});
