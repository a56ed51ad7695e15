// SPDX-License-Identifier: Apache-2.0
// A field to choose files with, and a place to drop them.

import {element, icon, uniqueId} from './element.js';

/// `take(files)` gets what is chosen. `label` names the file input.
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
  // What is dropped goes on to the page's intake, which hands it to the open dialog.
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

/// As far as name and claimed type tell; the server looks at the content.
export function looksLikeImage(file) {
  return file.type.startsWith('image/') || imageExtension.test(file.name);
}

export function looksLikeDocument(file) {
  return file.type === 'application/json' || /\.json$/i.test(file.name);
}
