// SPDX-License-Identifier: Apache-2.0
// One browser per test file, one new server per test. A test fails on any unexpected error in the
// browser's console.

import {after, afterEach, before, beforeEach} from 'node:test';
import {launchBrowser, newPage} from './browser.mjs';
import {signIn} from './gallery_page.mjs';
import {startServer, tokens} from './gallery_server.mjs';

/// `serverOptions`: further arguments of the server. Returns an object whose `server` and `browser`
/// are set while a test runs.
export function setUp(serverOptions = [], more = {}) {
  const setup = {
    /// A page signed in as the administrator of acme, or with another token.
    async signedIn({token = tokens.acme, query = '', ...options} = {}) {
      const opened = await setup.open(options);
      await signIn(opened.page, setup.server, token, query);
      return opened;
    },
    async open(options) {
      const opened = await newPage(setup.browser, setup.server, options);
      pages.push(opened);
      return opened;
    },
  };
  let pages = [];
  before(async () => {
    setup.browser = await launchBrowser();
  });
  after(() => setup.browser?.close());
  beforeEach(async () => {
    pages = [];
    setup.server = await startServer(serverOptions, more);
  });
  afterEach(async () => {
    for (const context of setup.browser.contexts()) await context.close();
    await setup.server?.stop();
    for (const opened of pages) opened.assertNoErrors();
  });
  return setup;
}
