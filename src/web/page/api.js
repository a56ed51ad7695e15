// SPDX-License-Identifier: Apache-2.0
// The REST API of the gallery that serves this page. Its routes are relative to this module,
// wherever the host has mounted them.

export const base = new URL('.', import.meta.url);

/// An error response, or `status` 0 if the server could not be reached. `body`: the response's JSON.
export class ApiError extends Error {
  constructor(status, message, body = null) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.body = body;
  }

  /// Whether the same request may succeed later.
  get isRetryable() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/// Dispatches page-wide events: "signed-out", "unreachable", "reachable".
export const apiEvents = new EventTarget();

/// The absolute URL of a path such as "api/images" or an image's `link`. Links include the server's
/// prefix, which a proxy may change, so only the part after the prefix is used.
export function urlOf(path, query = {}) {
  const url = new URL(path.slice(Math.max(0, path.lastIndexOf('/api/images/') + 1)), base);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') url.searchParams.set(name, value);
  }
  return url.href;
}

/// The error for an unsuccessful response.
export function errorOf(status, text) {
  let body = null;
  try {
    body = JSON.parse(text);
  } catch {
    body = null;
  }
  const message = typeof body === 'string' ? body : body?.message ?? body?.detail ?? body?.title;
  return new ApiError(status, message || `The server responded with status ${status}.`, body);
}

/// Dispatches the page-wide events for a response status.
export function reportStatus(status) {
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
    reportStatus(0);
    throw new ApiError(0, 'The server cannot be reached.');
  }
  if (!quiet) reportStatus(response.status);
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

  /// The current image.
  info: (image, signal) => sendForJson('GET', `${image.link}/info`, {signal}),

  /// Fails with status 412 if the record has changed since `image` was read.
  rename: (image, title) => sendForJson('PUT', `${image.link}/info`, {
    json: {title}, headers: {'If-Match': recordTag(image)},
  }),

  /// Fails with status 412 like `rename`.
  setPublic: (image, isPublic) => sendForJson('PUT', `${image.link}/public/${isPublic}`, {
    headers: {'If-Match': recordTag(image)},
  }),

  /// Returns one result per image, in order.
  async remove(list, {force = false} = {}) {
    const refs = list.map(({link}) => refOf(link));
    const query = {force: force || undefined};
    return (await sendForJson('POST', 'api/images/delete', {query, json: refs})).results;
  },
};

export const limits = {
  /// The caller's usage and limits: `{images, bytes, maxImageBytes, maxTotalBytes}`; 0: no limit.
  own: () => sendForJson('GET', 'api/system/params'),

  /// A tenant's usage and limits, plus `own`: its explicit limits, null if not set.
  read: (tenant) => sendForJson('GET', `api/limits/${encodeURIComponent(tenant)}`),
  write: (tenant, value) =>
    sendForJson('PUT', `api/limits/${encodeURIComponent(tenant)}`, {json: value}),
};

/// The scope and key of a link such as "/api/images/tenant/pump%201.jpg".
export function refOf(link) {
  const [scope, key] = link.split('/').slice(-2);
  return {scope, key: decodeURIComponent(key)};
}

/// The ETag of the record that `image` was read from, for If-Match.
export function recordTag({id, revision}) {
  return `"${id.id}-${revision}"`;
}

/// The URL of the image's current bytes: it may be cached forever.
export function contentUrl(image) {
  return urlOf(image.link, {v: image.descriptor?.etag ?? image.etag});
}

/// The URL of the smallest preview with both sides at least `side` pixels, else of the largest. It
/// may be cached forever.
export function previewUrl(image, side = 0) {
  const {previewDescriptor: standard, morePreviews: more = []} = image.descriptor;
  const bySize = [standard, ...more].sort((a, b) => a.width - b.width);
  const shortSide = ({width, height}) => Math.min(width, height);
  const preview = side === 0
    ? standard : bySize.find((one) => shortSide(one) >= side) ?? bySize[bySize.length - 1];
  return urlOf(`${image.link}/preview`, {
    preset: preview === standard ? null : preview.preset, v: preview.etag,
  });
}
