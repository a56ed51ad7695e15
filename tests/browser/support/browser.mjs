// SPDX-License-Identifier: Apache-2.0
// Debian's Chromium, and pages that record every error and every request to other origins.

import assert from 'node:assert/strict';
import {chromium} from 'playwright-core';

const flags = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

export function launchBrowser(more = []) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: [...flags, ...more],
  });
}

export const phone = {
  viewport: {width: 390, height: 844}, deviceScaleFactor: 2, isMobile: true, hasTouch: true,
};

/// A page in its own context. Records the errors of the page, its frames and its popups; `expected`
/// lists the statuses, such as 413, and messages that a test provokes.
export async function newPage(browser, server, {expected = [], ...options} = {}) {
  const context = await browser.newContext({
    viewport: {width: 1440, height: 900}, acceptDownloads: true,
    permissions: ['clipboard-read', 'clipboard-write'], ...options,
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const errors = [];
  const origin = new URL(server.url).origin;
  const isExpected = (text) => expected.some((status) =>
    typeof status === 'number' ? text.includes(`status of ${status}`) : status.test(text));
  context.on('console', (message) => {
    if (!['error', 'warning'].includes(message.type())) return;
    if (!isExpected(message.text())) errors.push(`${message.text()} (${message.location().url})`);
  });
  context.on('weberror', (event) => errors.push(event.error().stack));
  context.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !/^(blob|data):/.test(url)) errors.push(`request: ${url}`);
  });
  const assertNoErrors = () => assert.deepEqual(errors, [], 'errors in the browser');
  return {
    page,
    assertNoErrors,
    async close() {
      await context.close();
      assertNoErrors();
    },
  };
}
