// SPDX-License-Identifier: Apache-2.0
// An image's address, and what to write into pages and documents to show it.

import {urlOf} from './api.js';

/// For everybody where the image is public, else for who is signed in.
export function addressOf(image) {
  return urlOf(image.publicLink ?? image.link);
}

const escapeHtml = (text) => text.replace(/[&<>"]/g, (character) =>
  ({'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;'})[character]);

export function htmlSnippet(image) {
  const {width, height} = image.descriptor;
  const size = width && height ? ` width="${width}" height="${height}"` : '';
  return `<img src="${escapeHtml(addressOf(image))}" alt="${escapeHtml(image.title)}"${size}>`;
}

export function markdownSnippet(image) {
  const text = image.title.replace(/[\\[\]]/g, '\\$&');
  const address = addressOf(image).replace(/[()]/g, (bracket) => (bracket === '(' ? '%28' : '%29'));
  return `![${text}](${address})`;
}

/// Onto the clipboard.
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return;
  } catch {
    // No clipboard without TLS, and not in every frame: as browsers did it before.
  }
  const area = document.createElement('textarea');
  area.value = text;
  (document.querySelector('dialog[open]') ?? document.body).append(area);
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  if (!copied) throw new Error('The browser does not allow copying.');
}
