// SPDX-License-Identifier: Apache-2.0
// Small choices that this browser remembers. A browser that forbids it forgets them at the end.

const prefix = 'imagegallery.';
const session = new Map();

export function remember(name, value) {
  session.set(name, value);
  try {
    localStorage.setItem(prefix + name, value);
  } catch {
    // Storage is off or full: the choice holds for this page.
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
