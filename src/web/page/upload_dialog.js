// SPDX-License-Identifier: Apache-2.0
// Uploads one or many images.

import {element} from './element.js';
import {field} from './dialog.js';
import {fileChooser} from './file_chooser.js';
import {notify} from './notices.js';
import {transfer} from './transfer.js';
import {TransferDialog} from './transfer_dialog.js';
import {UploadLimits} from './upload_limits.js';

const formats = 'PNG, JPEG, GIF, WebP, SVG and more';

class UploadDialog extends TransferDialog {
  constructor({done}) {
    super({
      title: 'Upload image', verb: 'Upload', withName: true,
      refusalOf: (file) => this.limits.refusalOf(file),
      send: (item, how) => this.sendItem(item, how),
      done: (sent) => {
        notify(sent.length === 1 ? 'Uploaded' : `${sent.length} uploaded`);
        done(sent);
      },
    });
    this.limits = new UploadLimits();
    this.chooser = fileChooser({
      label: 'Image files', accept: 'image/*', multiple: true,
      prompt: 'Drop images here, paste, or choose files',
      hint: formats,
      take: (files) => this.add(files),
    });
    // A name entered before a file is chosen applies to the first file.
    this.earlyName = element('input', {type: 'text', maxlength: 255, autocomplete: 'off'});
    this.earlyField = field('Name', this.earlyName, {hint: 'Default: the file’s name'});
    this.content.append(this.chooser.element, this.earlyField, this.list);
  }

  itemsChanged() {
    const named = this.items.filter((item) => item.name);
    const early = this.earlyName.value.trim();
    if (early && named.length > 0) {
      named[0].name.value = early;
      this.earlyName.value = '';
    }
    if (named.length > 0) this.earlyField.remove();
    else this.list.before(this.earlyField);
    this.element.classList.toggle('has-items', this.items.length > 0);
  }

  /// Reads the limits, to show them before a file is chosen and to check them before sending.
  async readLimits() {
    await this.limits.read();
    this.chooser.setHint([formats, this.limits.text].filter(Boolean).join(' · '));
    // Check files that were chosen before the limits were known.
    for (const item of this.items.filter(({canBeSent}) => canBeSent)) {
      const refusal = this.limits.refusalOf(item.file);
      if (refusal) item.refuse(refusal);
    }
    this.showRefused();
  }

  validationError(items) {
    return this.limits.spaceError(items.map(({file}) => file));
  }

  sendItem(item, {progress, signal}) {
    const body = new FormData();
    body.append('title', item.name.value.trim() || item.file.name);
    body.append('file', item.file);
    return transfer({
      method: 'POST', path: 'api/image', body, progress, signal,
      headers: {'Idempotency-Key': item.operationId},
    });
  }
}

/// `files`: the initial files. `done(images)` is called on closing with the stored images.
export function uploadDialog({files, done}) {
  const dialog = new UploadDialog({done});
  dialog.open();
  if (files.length > 0) dialog.add(files);
  dialog.element.addEventListener('gallery-files', ({detail}) => dialog.add(detail));
  dialog.readLimits();
}
