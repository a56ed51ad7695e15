// SPDX-License-Identifier: Apache-2.0
// The REST API of the gallery that serves this page. Its routes lie beside this module, wherever
// the host has mounted them.

export const base = new URL('.', import.meta.url);

/// A refusal by the server, or `status` 0 where it could not be reached. `body` is its answer.
export class ApiError extends Error {
  constructor(status, message, body = null) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.body = body;
  }

  /// Whether the same request may succeed a little later.
  get mayPass() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/// Tells what concerns the whole page: "signed-out", "unreachable", "reachable".
export const apiEvents = new EventTarget();

/// The absolute address of a path such as "api/images" or an image's `link`. Links are told with
/// the server's prefix; a proxy may have mounted it elsewhere, so only what follows counts.
export function urlOf(path, query = {}) {
  const url = new URL(path.slice(Math.max(0, path.lastIndexOf('/api/images/') + 1)), base);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') url.searchParams.set(name, value);
  }
  return url.href;
}

/// The error for an answer that is none of success.
export function errorOf(status, text) {
  let body = null;
  try {
    body = JSON.parse(text);
  } catch {
    body = null;
  }
  const message = typeof body === 'string' ? body : body?.message ?? body?.detail ?? body?.title;
  return new ApiError(status, message || `The server answered with status ${status}.`, body);
}

/// What every answer means for the page as a whole.
export function noteStatus(status) {
  apiEvents.dispatchEvent(new Event(status === 0 ? 'unreachable' : 'reachable'));
  if (status === 401) apiEvents.dispatchEvent(new Event('signed-out'));
}

async function send(method, path, {query, json, body, headers = {}, signal, quiet = false} = {}) {
  let response;
  try {
    response = await fetch(urlOf(path, query), {
      method,
      headers: json === undefined ? headers : {...headers, 'Content-Type': 'application/json'},
      body: json === undefined ? body : JSON.stringify(json),
      signal,
      credentials: 'same-origin',
    });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    noteStatus(0);
    throw new ApiError(0, 'The server cannot be reached.');
  }
  if (!quiet) noteStatus(response.status);
  if (!response.ok) throw errorOf(response.status, await response.text());
  return response;
}

async function sendForJson(method, path, options) {
  const response = await send(method, path, options);
  return response.status === 204 ? null : response.json();
}

export const session = {
  read: () => sendForJson('GET', 'api/session'),
  signIn: (token) => sendForJson('POST', 'api/session', {json: {token}, quiet: true}),
  signOut: () => send('DELETE', 'api/session', {quiet: true}),
};

export const images = {
  list: (query, signal) => sendForJson('GET', 'api/images', {query, signal}),

  /// The image as it is now.
  info: (image, signal) => sendForJson('GET', `${image.link}/info`, {signal}),

  /// Only while the record is that of `image`; else an error with status 412.
  rename: (image, title) => sendForJson('PUT', `${image.link}/info`, {
    json: {title}, headers: {'If-Match': recordTag(image)},
  }),

  /// Likewise.
  setPublic: (image, isPublic) => sendForJson('PUT', `${image.link}/public/${isPublic}`, {
    headers: {'If-Match': recordTag(image)},
  }),

  /// A result for each image, in their order.
  async remove(list, {force = false} = {}) {
    const named = list.map(({link}) => refOf(link));
    const query = {force: force || undefined};
    return (await sendForJson('POST', 'api/images/delete', {query, json: named})).results;
  },
};

export const limits = {
  /// Of who asks: `{images, bytes, maxImageBytes, maxTotalBytes}`; a limit of 0 is none.
  own: () => sendForJson('GET', 'api/system/params'),

  /// Of a tenant: the same, and `own` with what was set for it, null where nothing was.
  read: (tenant) => sendForJson('GET', `api/limits/${encodeURIComponent(tenant)}`),
  write: (tenant, value) =>
    sendForJson('PUT', `api/limits/${encodeURIComponent(tenant)}`, {json: value}),
};

/// Scope and key out of a link such as "/api/images/tenant/pump%201.jpg".
export function refOf(link) {
  const [scope, key] = link.split('/').slice(-2);
  return {scope, key: decodeURIComponent(key)};
}

/// The ETag of the record that `image` was read from: guards a change against somebody else's.
export function recordTag({id, revision}) {
  return `"${id.id}-${revision}"`;
}

/// The image's bytes as they are now: this address may be kept for good.
export function contentUrl(image) {
  return urlOf(image.link, {v: image.descriptor?.etag ?? image.etag});
}

/// Its smallest preview with sides of at least `side` pixels, else the largest, likewise.
export function previewUrl(image, side = 0) {
  const {previewDescriptor: usual, morePreviews: more = []} = image.descriptor;
  const bySize = [usual, ...more].sort((a, b) => a.width - b.width);
  const shortSide = ({width, height}) => Math.min(width, height);
  const preview = side === 0
    ? usual : bySize.find((one) => shortSide(one) >= side) ?? bySize[bySize.length - 1];
  return urlOf(`${image.link}/preview`, {
    preset: preview === usual ? null : preview.preset, v: preview.etag,
  });
}
