// SPDX-License-Identifier: Apache-2.0
// Preferences in localStorage; if it is unavailable, in memory until the page is closed.

const prefix = 'imagegallery.';
const session = new Map();

export function remember(name, value) {
  session.set(name, value);
  try {
    localStorage.setItem(prefix + name, value);
  } catch {
    // Storage is disabled or full: the value is kept for this page only.
  }
}

export function recall(name, fallback) {
  if (session.has(name)) return session.get(name);
  try {
    return localStorage.getItem(prefix + name) ?? fallback;
  } catch {
    return fallback;
  }
}
