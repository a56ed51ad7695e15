// SPDX-License-Identifier: Apache-2.0
// Real photographs: those unpacked by `./dev` for the demo, else those of the Debian package
// lomiri-wallpapers-16.04.

import {existsSync, readdirSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

/// The images that `./dev` passes to the demo server.
export const demoImages = fileURLToPath(new URL('../../../build/demo-images', import.meta.url));

const directories = [
  path.join(demoImages, 'acme'), path.join(demoImages, 'globex'), '/usr/share/backgrounds',
];

function find() {
  const byName = new Map();
  for (const directory of directories.filter((one) => existsSync(one))) {
    for (const name of readdirSync(directory).filter((one) => one.endsWith('.jpg'))) {
      if (!byName.has(name)) byName.set(name, path.join(directory, name));
    }
  }
  if (byName.size === 0) {
    throw new Error('no photographs: run ./dev test-all, or install lomiri-wallpapers-16.04');
  }
  return [...byName.values()].sort();
}

export const photographs = find();

/// The photograph whose file name starts with `start`.
export function photograph(start) {
  const found = photographs.find((file) => path.basename(file).startsWith(start));
  if (!found) throw new Error(`no photograph ${start}`);
  return found;
}
