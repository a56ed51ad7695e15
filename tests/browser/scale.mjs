// SPDX-License-Identifier: Apache-2.0
// Benchmarks the page with very many images: `node scale.mjs [images]` fills a gallery and prints
// figures from the browser's trace. Fails if the document contains more than 500 cards.

import assert from 'node:assert/strict';
import http from 'node:http';
import {launchBrowser, newPage} from './support/browser.mjs';
import {drawing} from './support/drawing.mjs';
import {signIn} from './support/gallery_page.mjs';
import {startServer, tokens} from './support/gallery_server.mjs';

const count = Number(process.argv[2] ?? 100_000);
const longMicroseconds = 50_000;
const print = (name, value) => console.log(`${name.padEnd(44)} ${value}`);

function upload(server, agent, number) {
  const bytes = drawing(number);
  return new Promise((resolve, reject) => {
    const request = http.request(`${server.url}api/image?fileName=d${number}.svg`, {
      method: 'POST', agent, headers: {
        Authorization: `Bearer ${tokens.acme}`, 'Content-Type': 'image/svg+xml',
        'Content-Length': bytes.length,
      },
    }, (response) => {
      response.resume();
      response.on('end', () => (response.statusCode === 200
        ? resolve() : reject(new Error(`upload: ${response.statusCode}`))));
    });
    request.on('error', reject);
    request.end(bytes);
  });
}

async function fill(server) {
  const agent = new http.Agent({keepAlive: true, maxSockets: 64});
  let next = 0;
  await Promise.all(Array.from({length: 64}, async () => {
    while (next < count) {
      next += 1;
      await upload(server, agent, next);
    }
  }));
  agent.destroy();
}

/// Records when the first preview of a page has loaded.
function watchPreviews() {
  document.addEventListener('load', ({target}) => {
    if (target.tagName !== 'IMG' || !target.src.includes('/preview')) return;
    window.firstPreview ??= performance.now();
  }, true);
}

async function firstPreview(page, server, query) {
  await page.goto(server.url + query);
  await page.waitForFunction(() => window.firstPreview !== undefined);
  return page.evaluate(() => window.firstPreview);
}

/// Scrolls in small steps and jumps, for the given number of frames; returns the maximum number of
/// cards.
async function scroll(page, frames) {
  return page.evaluate(async (number) => {
    let maxCards = 0;
    const end = document.documentElement.scrollHeight;
    for (let frame = 0; frame < number; frame += 1) {
      if (frame % 120 === 119) scrollTo(0, Math.random() * end);
      else scrollBy(0, 160);
      await new Promise(requestAnimationFrame);
      maxCards = Math.max(maxCards, document.querySelectorAll('.card').length);
    }
    return maxCards;
  }, frames);
}

/// The tasks of the page's main thread in a trace: wall-clock and CPU time in microseconds, which
/// differ if the machine is busy.
function tasksOf(trace) {
  const events = JSON.parse(trace.toString()).traceEvents;
  const threads = new Set(events.filter(({name, args}) =>
    name === 'thread_name' && args.name === 'CrRendererMain').map(({pid, tid}) => `${pid} ${tid}`));
  return events.filter(({name, ph, pid, tid}) =>
    ph === 'X' && name === 'RunTask' && threads.has(`${pid} ${tid}`))
    .map(({dur, tdur}) => ({clock: dur, processor: tdur ?? dur}));
}

const server = await startServer();
const browser = await launchBrowser();
try {
  const start = Date.now();
  await fill(server);
  print('images', count.toLocaleString('en'));
  print('filled in', `${((Date.now() - start) / 1000).toFixed(1)} s`);
  const {page, close} = await newPage(browser, server);
  await page.addInitScript(watchPreviews);
  await signIn(page, server, tokens.acme);
  print('first preview, list',
    `${(await firstPreview(page, server, '?view=list')).toFixed(0)} ms`);
  print('first preview, last page of the list', `${(await firstPreview(page, server,
    `?view=list&page=${Math.ceil(count / 10) - 1}`)).toFixed(0)} ms`);
  print('first preview, grid',
    `${(await firstPreview(page, server, '?view=grid')).toFixed(0)} ms`);
  await browser.startTracing(page, {categories: ['toplevel', 'devtools.timeline',
    'disabled-by-default-devtools.timeline']});
  const maxCards = await scroll(page, 1200);
  const tasks = tasksOf(await browser.stopTracing());
  print('frames scrolled', 1200);
  print('max cards in the document, laptop', maxCards);
  print('tasks of the main thread', tasks.length);
  for (const time of ['clock', 'processor']) {
    const longest = tasks.reduce((max, task) => Math.max(max, task[time]), 0);
    print(`longest task by ${time}`, `${(longest / 1000).toFixed(1)} ms`);
    print(`tasks over 50 ms by ${time}`,
      tasks.filter((task) => task[time] > longMicroseconds).length);
  }
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  await page.getByText(/^d1\.svg$/).waitFor();
  await page.setViewportSize({width: 3840, height: 2160});
  const maxCardsLarge = await scroll(page, 120);
  print('max cards in the document, 4K', maxCardsLarge);
  assert.ok(Math.max(maxCards, maxCardsLarge) <= 500,
    `${maxCards}, ${maxCardsLarge} cards in the document`);
  await close();
} finally {
  await browser.close();
  await server.stop();
}
