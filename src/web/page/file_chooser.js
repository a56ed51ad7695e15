// SPDX-License-Identifier: Apache-2.0
// A file input with a drop zone.

import {element, icon, uniqueId} from './element.js';

/// `take(files)` is called with the chosen files. `label`: the file input's accessible name.
export function fileChooser({label, prompt, accept, multiple, hint, take}) {
  const hintId = uniqueId('chooser-hint');
  const input = element('input', {
    type: 'file', accept, multiple, 'aria-label': label, 'aria-describedby': hintId,
    on: {change: () => {
      const files = [...input.files];
      input.value = '';
      if (files.length > 0) take(files);
    }},
  });
  const hintNode = element('span', {class: 'hint', id: hintId}, hint);
  // Drops bubble to the page's intake, which passes them to the open dialog.
  const zone = element('label', {class: 'file-chooser', on: {
    dragover: () => zone.classList.add('over'),
    dragleave: () => zone.classList.remove('over'),
    drop: () => zone.classList.remove('over'),
  }}, input, icon('upload'),
  element('span', {class: 'file-prompt'}, prompt), hintNode);
  return {element: zone, input, setHint: (text) => {
    hintNode.textContent = text;
  }};
}

const imageExtension =
  /\.(png|apng|jpe?g|jfif|gif|webp|svg|bmp|ico|cur|tiff?|avif|heic|heif|jxl|psd)$/i;

/// Judges by name and claimed type only; the server checks the content.
export function looksLikeImage(file) {
  return file.type.startsWith('image/') || imageExtension.test(file.name);
}

export function looksLikeDocument(file) {
  return file.type === 'application/json' || /\.json$/i.test(file.name);
}
