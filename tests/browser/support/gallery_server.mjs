// SPDX-License-Identifier: Apache-2.0
// Starts a gallery_server for each test, with a free port and an empty database.

import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const program = process.env.GALLERY_SERVER ?? path.join(root, 'build/dev/bin/gallery_server');

export const tokens = {
  acme: 'token-of-acme', globex: 'token-of-globex', user: 'token-of-a-user',
  system: 'token-of-the-system',
};

const tokenArguments = [
  '--token', `${tokens.acme}=tenant-admin:acme`,
  '--token', `${tokens.globex}=tenant-admin:globex`,
  '--token', `${tokens.user}=tenant-user:acme`,
  '--token', `${tokens.system}=system-admin`,
];

/// `options`: further arguments. Returns `{url, api, stop}`; `url` ends with a slash.
export async function startServer(options = [], {prefix = ''} = {}) {
  const directory = await mkdtemp(path.join(tmpdir(), 'gallery-browser-'));
  const server = spawn(program, [
    '--database', path.join(directory, 'gallery.db'), '--listen', '127.0.0.1:0',
    ...tokenArguments, ...(prefix ? ['--prefix', prefix] : []), ...options,
  ], {stdio: ['ignore', 'pipe', 'inherit']});
  const exited = once(server, 'exit');
  const address = await new Promise((resolve, reject) => {
    let output = '';
    server.stdout.on('data', (chunk) => {
      output += chunk;
      const match = /listening on (http:\/\/\S+)/.exec(output);
      if (match) resolve(match[1]);
    });
    exited.then(([code]) => reject(new Error(`gallery_server ended with ${code}: ${output}`)));
    server.on('error', reject);
  });
  const url = `${address.replace(/\/$/, '')}/`;
  return {
    url,
    api: (...request) => call(url, ...request),
    async stop() {
      server.kill('SIGTERM');
      await exited;
      await rm(directory, {recursive: true, force: true});
    },
  };
}

/// A request outside the page. `body`: a value for JSON, or bytes with their media type.
async function call(url, token, method, target, {body, type, headers = {}} = {}) {
  const response = await fetch(new URL(target.replace(/^\//, ''), url), {
    method,
    headers: {
      Authorization: `Bearer ${token}`, ...headers,
      ...(body === undefined ? {} : {'Content-Type': type ?? 'application/json'}),
    },
    body: body === undefined || type ? body : JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${target}: ${response.status} ${await response.text()}`);
  return response;
}
