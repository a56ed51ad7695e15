// SPDX-License-Identifier: Apache-2.0
// The actions on one image, and their buttons in list and grid.

import {images, urlOf} from './api.js';
import {button} from './element.js';
import {documentName} from './format.js';
import {notify} from './notices.js';

/// Makes the browser download `url` to disk. Checks the image first, because a failed download
/// would be silent.
async function save(image, url, fileName) {
  try {
    await images.info(image);
  } catch (error) {
    notify(`${image.title}: ${error.message}`, {kind: 'failure'});
    return;
  }
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = fileName;
  anchor.click();
}

/// Saves the image as a JSON document.
export function downloadImage(image) {
  return save(image, urlOf(`${image.link}/export`), documentName(image.fileName));
}

/// Saves the image file, byte for byte.
export function exportImage(image) {
  return save(image, urlOf(image.link), image.fileName);
}

/// Download, export, edit and delete. `handlers`: `edit(image)`, `remove(images)`. `describedBy`:
/// the id of the element with the image's title.
export function actionButtons(image, {session, handlers, describedBy}) {
  const mayEdit = session.mayEdit(image);
  const action = (name, label, run, rest = {}) => button({
    icon: name, label, kind: 'quiet', 'aria-describedby': describedBy, data: {action: name},
    on: {click: run}, ...rest,
  });
  return [
    action('download', 'Download image', () => downloadImage(image)),
    action('export', 'Export image', () => exportImage(image)),
    action('edit', 'Edit image', () => handlers.edit(image)),
    action('delete', 'Delete image', () => handlers.remove([image]), {
      disabled: !mayEdit,
      title: mayEdit ? 'Delete image' : 'System images are read-only here',
    }),
  ];
}
