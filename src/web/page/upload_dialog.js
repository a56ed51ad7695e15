// SPDX-License-Identifier: Apache-2.0
// Uploads one or many images.

import {limits} from './api.js';
import {element} from './element.js';
import {field} from './dialog.js';
import {fileChooser, looksLikeImage} from './file_chooser.js';
import {formatBytes} from './format.js';
import {notify} from './notices.js';
import {transfer} from './transfer.js';
import {TransferDialog} from './transfer_dialog.js';

class UploadDialog extends TransferDialog {
  constructor({done}) {
    super({
      title: 'Upload image', verb: 'Upload', withName: true,
      refusalOf: (file) => this.judge(file),
      send: (item, how) => this.sendItem(item, how),
      done: (sent) => {
        notify(sent.length === 1 ? `“${sent[0].title}” is uploaded` :
          `${sent.length} images are uploaded`);
        done(sent);
      },
    });
    this.maxBytes = 0;
    this.freeBytes = Infinity;
    this.chooser = fileChooser({
      label: 'Image files', accept: 'image/*', multiple: true,
      prompt: 'Drop images here, paste, or choose files',
      hint: 'PNG, JPEG, GIF, WebP, SVG and more',
      take: (files) => this.add(files),
    });
    // A name may be given before there is a file: it is the first one's.
    this.earlyName = element('input', {type: 'text', maxlength: 255, autocomplete: 'off'});
    this.earlyField = field('Name', this.earlyName, {hint: 'Left empty: the file’s name'});
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

  /// Limits are shown before anything is chosen, and checked before anything is sent.
  async readLimits() {
    // Without an answer the server judges alone.
    const own = await limits.own().catch(() => ({}));
    const {maxImageBytes: maxBytes = 0, maxTotalBytes = 0, bytes = 0} = own;
    this.maxBytes = maxBytes;
    if (maxTotalBytes > 0) this.freeBytes = Math.max(0, maxTotalBytes - bytes);
    const parts = ['PNG, JPEG, GIF, WebP, SVG and more'];
    if (maxBytes > 0) parts.push(`at most ${formatBytes(maxBytes)} each`);
    if (this.freeBytes !== Infinity) parts.push(`${formatBytes(this.freeBytes)} free`);
    this.chooser.setHint(parts.join(' · '));
    // Files that were chosen while the limits were unknown are judged now.
    const early = this.items.filter((item) => item.canBeSent && this.judge(item.file));
    for (const item of early) {
      item.refusal = this.judge(item.file);
      item.show('refused', item.refusal);
    }
    if (early.length > 0) this.tellRefused();
  }

  judge(file) {
    if (!looksLikeImage(file)) return 'This is not an image.';
    if (this.maxBytes > 0 && file.size > this.maxBytes) {
      return `It has ${formatBytes(file.size)}; an image may have at most ` +
        `${formatBytes(this.maxBytes)}.`;
    }
    return '';
  }

  objection(items) {
    const bytes = items.reduce((sum, {file}) => sum + file.size, 0);
    if (bytes <= this.freeBytes) return '';
    return `These images have ${formatBytes(bytes)} together; only ` +
      `${formatBytes(this.freeBytes)} are free.`;
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

/// `files` are there from the start. `done(images)` is called at the end with what was stored.
export function uploadDialog({files, done}) {
  const dialog = new UploadDialog({done});
  dialog.open();
  if (files.length > 0) dialog.add(files);
  dialog.element.addEventListener('gallery-files', ({detail}) => dialog.add(detail));
  dialog.readLimits();
}
