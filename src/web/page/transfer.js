// SPDX-License-Identifier: Apache-2.0
// Sends a body with upload progress, which fetch does not report.

import {ApiError, errorOf, reportStatus, urlOf} from './api.js';

/// `progress(share)` is called with 0 to 1 during the upload. Resolves with the response's JSON.
/// Rejects with an `ApiError`, or an `AbortError` once `signal` is aborted.
export function transfer({method, path, query, body, headers = {}, progress, signal}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, urlOf(path, query));
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) progress?.(event.loaded / event.total);
    });
    request.addEventListener('load', () => {
      reportStatus(request.status);
      if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText));
      else reject(errorOf(request.status, request.responseText));
    });
    request.addEventListener('error', () => {
      reportStatus(0);
      reject(new ApiError(0, 'The connection to the server was lost.'));
    });
    request.addEventListener('abort', () => reject(new DOMException('Cancelled', 'AbortError')));
    signal?.addEventListener('abort', () => request.abort());
    if (signal?.aborted) reject(new DOMException('Cancelled', 'AbortError'));
    else request.send(body);
  });
}

/// Runs `task(item)` for all items, `atOnce` at a time; tasks must handle their own errors.
export async function inParallel(items, task, atOnce = 3) {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await task(item);
  };
  await Promise.all(Array.from({length: Math.min(atOnce, queue.length)}, worker));
}
