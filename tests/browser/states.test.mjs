// SPDX-License-Identifier: Apache-2.0
// The page without images: empty, loading, failed, offline, signed out or forbidden.

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {assertAccessible} from './support/accessibility.mjs';
import {phone} from './support/browser.mjs';
import {drawingFile, uploadDrawings} from './support/drawing.mjs';
import {dialog, rowOf, signIn, upload} from './support/gallery_page.mjs';
import {tokens} from './support/gallery_server.mjs';
import {setUp} from './support/test_setup.mjs';

const setup = setUp();

test('an invalid token shows an error next to the field', async () => {
  const {page, close} = await setup.open({expected: [401]});
  await page.goto(setup.server.url);
  await page.getByRole('button', {name: 'Sign in'}).click();
  await page.getByRole('alert').getByText('Enter an access token.').waitFor();
  await page.getByLabel('Access token').fill('wrong');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('This token is not valid.').waitFor();
  await assertAccessible(page, 'refused sign-in');
  await close();
});

test('signing out shows the sign-in, and scripts cannot read the session cookie', async () => {
  const {page, close} = await setup.signedIn();
  assert.equal(await page.evaluate(() => document.cookie), '');
  await page.reload();
  await page.getByRole('button', {name: 'Sign out'}).click();
  await page.getByLabel('Access token').waitFor();
  await page.reload();
  await page.getByLabel('Access token').waitFor();
  await close();
});

test('the page’s CSP blocks inline scripts', async () => {
  const {page, close} = await setup.open({expected: [/Content Security Policy/]});
  const response = await page.goto(setup.server.url);
  const policy = response.headers()['content-security-policy'];
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe/);
  await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.ran = true';
    document.body.append(script);
  });
  assert.equal(await page.evaluate(() => window.ran), undefined);
  await close();
});

test('an expired session shows a message', async () => {
  const {page, close} = await setup.signedIn({expected: [401]});
  await page.getByText('No images yet').waitFor();
  await page.context().clearCookies();
  await page.getByRole('button', {name: 'Refresh'}).click();
  await page.getByText('Your session has ended.').waitFor();
  await close();
});

test('a user without permission to browse sees a message', async () => {
  const {page, close} = await setup.open();
  await page.goto(setup.server.url);
  await page.getByLabel('Access token').fill(tokens.user);
  await page.getByRole('button', {name: 'Sign in'}).click();
  await page.getByText('This account cannot browse the gallery').waitFor();
  await assertAccessible(page, 'not allowed to browse');
  await close();
});

test('placeholders are shown while images load', async () => {
  await uploadDrawings(setup.server, tokens.acme, 1);
  const {page, close} = await setup.signedIn();
  let go;
  const released = new Promise((resolve) => {
    go = resolve;
  });
  await page.route('**/api/images?*', async (route) => {
    await released;
    await route.continue();
  });
  for (const view of ['list', 'grid']) {
    await page.goto(`${setup.server.url}?view=${view}`);
    await page.locator('.skeleton').first().waitFor();
    await assertAccessible(page, `${view} loading`);
  }
  go();
  await page.getByRole('img', {name: 'Drawing 1'}).waitFor();
  await close();
});

test('a failed load shows an error and can be retried', async () => {
  await uploadDrawings(setup.server, tokens.acme, 1);
  const {page, close} = await setup.signedIn({expected: [503]});
  for (const view of ['list', 'grid']) {
    await page.route('**/api/images?*', (route) => route.fulfill({
      status: 503, contentType: 'application/problem+json',
      body: JSON.stringify({status: 503, message: 'The storage is busy.'}),
    }));
    await page.goto(`${setup.server.url}?view=${view}`);
    await page.getByRole('alert').getByText('The storage is busy.').waitFor();
    await assertAccessible(page, `${view} failed`);
    await page.unroute('**/api/images?*');
    await page.getByRole('button', {name: 'Try again'}).click();
    await page.getByRole('img', {name: 'Drawing 1'}).waitFor();
  }
  await close();
});

test('without a connection the page shows a message and recovers automatically', async () => {
  await uploadDrawings(setup.server, tokens.acme, 1);
  const {page, close} = await setup.signedIn({expected: [/ERR_INTERNET_DISCONNECTED/]});
  await rowOf(page, 'Drawing 1').waitFor();
  await page.context().setOffline(true);
  await page.getByText('You are offline.').waitFor();
  await page.getByRole('button', {name: 'Refresh'}).click();
  await page.getByText('The gallery cannot be reached').waitFor();
  await assertAccessible(page, 'offline');
  await page.context().setOffline(false);
  await rowOf(page, 'Drawing 1').waitFor();
  await page.getByText('You are offline.').waitFor({state: 'hidden'});
  await close();
});

test('a system administrator edits system images and sets tenants’ limits', async () => {
  await uploadDrawings(setup.server, tokens.acme, 2);
  const {page, close} = await setup.signedIn({token: tokens.system});
  assert.equal(await page.getByLabel('Include system images').isVisible(), false);
  await upload(page, drawingFile(7), {name: 'For everybody'});
  assert.ok(await rowOf(page, 'For everybody').getByRole('button', {name: 'Delete image'})
    .isEnabled());
  await page.getByRole('button', {name: 'Tenant limits'}).click();
  const box = dialog(page, 'Tenant limits');
  await box.getByLabel('Tenant', {exact: true}).fill('acme');
  await box.getByRole('button', {name: 'Show limits'}).click();
  await box.getByText('acme stores 2 images').waitFor();
  await assertAccessible(page, 'limits');
  await box.getByLabel('Largest image, in MB').fill('0.5');
  await box.getByLabel('All images together, in MB').fill('20');
  await box.getByRole('button', {name: 'Save'}).click();
  await box.waitFor({state: 'detached'});
  const stored = await setup.server.api(tokens.system, 'GET', 'api/limits/acme');
  assert.deepEqual((await stored.json()).own,
    {maxImageBytes: 524_288, maxTotalBytes: 20_971_520});
  const tenant = await setup.signedIn();
  await tenant.page.getByText(/of 20 MB$/).waitFor();
  await tenant.close();
  await close();
});

for (const colorScheme of ['light', 'dark']) {
  test(`on a phone everything is reachable and accessible, ${colorScheme}`, async () => {
    await uploadDrawings(setup.server, tokens.acme, 12);
    await uploadDrawings(setup.server, tokens.system, 1, {from: 20});
    const {page, close} = await setup.open({...phone, colorScheme});
    await signIn(page, setup.server, tokens.acme, '?includeSystemImages=true');
    for (const width of [390, 360]) {
      await page.setViewportSize({width, height: 780});
      for (const view of ['List view', 'Grid view']) {
        await page.getByRole('button', {name: view}).click();
        await page.getByRole('img', {name: 'Drawing 12'}).waitFor();
        await page.getByRole('checkbox', {name: 'Select Drawing 12'}).check();
        await assertAccessible(page, `${view} at ${width}`);
        assert.ok(await page.evaluate(() =>
          document.documentElement.scrollWidth <= document.documentElement.clientWidth),
        `${view} at ${width} is too wide`);
        for (const name of ['Download image', 'Export image', 'Edit image', 'Delete image']) {
          assert.ok(await page.getByRole('button', {name}).first().isVisible(), name);
        }
      }
      await page.getByRole('button', {name: 'Edit image'}).first().click();
      await assertAccessible(page, `edit dialog at ${width}`);
      await dialog(page, 'Edit image').getByRole('button', {name: 'Cancel'}).click();
    }
    await close();
  });

  test(`on a laptop each view and dialog is accessible, ${colorScheme}`, async () => {
    await uploadDrawings(setup.server, tokens.acme, 12);
    const {page, close} = await setup.signedIn({colorScheme});
    for (const view of ['List view', 'Grid view']) {
      await page.getByRole('button', {name: view}).click();
      await page.getByRole('img', {name: 'Drawing 12'}).waitFor();
      await page.getByRole('checkbox', {name: 'Select Drawing 12'}).check();
      await assertAccessible(page, view);
    }
    for (const name of ['Upload image', 'Import image', 'Keyboard shortcuts']) {
      await page.getByRole('button', {name}).click();
      await assertAccessible(page, name);
      await page.keyboard.press('Escape');
    }
    await close();
  });
}
