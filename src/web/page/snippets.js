// SPDX-License-Identifier: Apache-2.0
// An image's URL, and HTML and Markdown snippets to embed it.

import {urlOf} from './api.js';

/// The public URL if the image is public, else the one for signed-in users.
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

/// Copies text to the clipboard.
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return;
  } catch {
    // No Clipboard API without TLS and in some frames: fall back to execCommand.
  }
  const area = document.createElement('textarea');
  area.value = text;
  (document.querySelector('dialog[open]') ?? document.body).append(area);
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  if (!copied) throw new Error('The browser does not allow copying.');
}
