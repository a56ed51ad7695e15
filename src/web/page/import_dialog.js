// SPDX-License-Identifier: Apache-2.0
// Imports images from the JSON documents created by "Download image".

import {element} from './element.js';
import {field} from './dialog.js';
import {fileChooser, looksLikeDocument} from './file_chooser.js';
import {notify} from './notices.js';
import {transfer} from './transfer.js';
import {TransferDialog} from './transfer_dialog.js';

const conflicts = [
  ['keep_both', 'Keep both'],
  ['replace', 'Replace the existing image'],
  ['refuse', 'Reject the import'],
];

/// `files`: the initial files. `done(images)` is called on closing with the stored images.
export function importDialog({files, done}) {
  const onConflict = element('select', {},
    conflicts.map(([value, text]) => element('option', {value}, text)));
  const dialog = new TransferDialog({
    title: 'Import image', verb: 'Import',
    refusalOf: (file) => (looksLikeDocument(file) ? '' : 'This is not a JSON document.'),
    send: ({file, operationId}, {progress, signal}) => transfer({
      method: 'PUT', path: 'api/image/import', body: file, progress, signal,
      query: {onConflict: onConflict.value === 'keep_both' ? null : onConflict.value},
      headers: {'Content-Type': 'application/json', 'Idempotency-Key': operationId},
    }),
    done: (sent) => {
      notify(sent.length === 1 ? 'Imported' : `${sent.length} imported`);
      done(sent);
    },
  });
  const chooser = fileChooser({
    label: 'JSON files', accept: '.json,application/json', multiple: true,
    prompt: 'Drop JSON files here, or choose files',
    hint: 'JSON documents created by “Download image”',
    take: (chosen) => dialog.add(chosen),
  });
  dialog.itemsChanged = () => dialog.element.classList.toggle('has-items', dialog.items.length > 0);
  dialog.content.append(chooser.element, dialog.list,
    field('If an image with the same key exists', onConflict));
  dialog.open();
  if (files.length > 0) dialog.add(files);
  dialog.element.addEventListener('gallery-files', ({detail}) => dialog.add(detail));
}
