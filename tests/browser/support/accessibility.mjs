// SPDX-License-Identifier: Apache-2.0
// Runs axe-core on the current state of a page.

import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/// Fails with axe-core's violations.
export async function assertAccessible(page, state) {
  // Evaluated, not added as an element: the page's CSP blocks foreign scripts.
  await page.evaluate(source);
  const violations = await page.evaluate(async () => {
    await Promise.all(document.getAnimations().filter((one) =>
      one.effect.getTiming().iterations !== Infinity).map((one) => one.finished));
    const result = await window.axe.run(document, {
      // Preloading copies style sheets, which the page's CSP would block.
      preload: false, resultTypes: ['violations'],
    });
    return result.violations.map(({id, help, nodes}) =>
      `${id}: ${help}: ${nodes.map(({html, failureSummary}) => `${html} ${failureSummary}`).join(' | ')}`);
  });
  assert.deepEqual(violations, [], `accessibility: ${state}`);
}
