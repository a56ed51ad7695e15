// SPDX-License-Identifier: Apache-2.0
// New bytes for an image that keeps its name and its links.

import {limits} from './api.js';
import {Dialog} from './dialog.js';
import {element} from './element.js';
import {fileChooser, looksLikeImage} from './file_chooser.js';
import {formatBytes} from './format.js';
import {notify} from './notices.js';
import {transfer} from './transfer.js';
import {TransferItem} from './transfer_item.js';

class UpdateDialog extends Dialog {
  constructor(image, updated) {
    super({title: 'Update image'});
    this.image = image;
    this.updated = updated;
    this.maxBytes = 0;
    this.item = null;
    this.chooser = fileChooser({
      label: 'Image file', accept: 'image/*', multiple: false,
      prompt: 'Drop the new image here, paste, or choose a file',
      hint: 'Its name, its links and who may see it stay as they are',
      take: (files) => this.choose(files[0]),
    });
    this.list = element('ul', {class: 'transfer-list', 'aria-label': 'File'});
    this.content.append(this.chooser.element, this.list);
    this.main = this.submitButton('Update');
    this.setButtons(this.main, this.cancelButton());
    this.onClosed = () => {
      this.item?.stop();
      this.item?.release();
    };
    this.element.addEventListener('gallery-files', ({detail}) => this.choose(detail[0]));
  }

  async readLimits() {
    this.maxBytes = (await limits.own().catch(() => ({}))).maxImageBytes ?? 0;
    if (this.maxBytes > 0) this.chooser.setHint(`At most ${formatBytes(this.maxBytes)}`);
  }

  judge(file) {
    if (!looksLikeImage(file)) return 'This is not an image.';
    if (this.maxBytes > 0 && file.size > this.maxBytes) {
      return `It has ${formatBytes(file.size)}; an image may have at most ` +
        `${formatBytes(this.maxBytes)}.`;
    }
    return '';
  }

  choose(file) {
    if (this.item?.isBusy) return;
    this.clearRefusal();
    this.item?.release();
    this.item = new TransferItem(file, {
      refusal: this.judge(file),
      removed: () => {
        this.item = null;
        this.list.replaceChildren();
        this.clearRefusal();
        this.main.focus();
      },
    });
    this.list.replaceChildren(this.item.element);
    this.element.classList.add('has-items');
    if (this.item.refusal) this.refuse(`${file.name}: ${this.item.refusal}`);
  }

  async submit() {
    this.clearRefusal();
    if (!this.item || !this.item.canBeSent) {
      this.refuse(this.item?.refusal || 'Choose a file first.');
      return;
    }
    this.main.disabled = true;
    const body = new FormData();
    body.append('file', this.item.file);
    const image = await this.item.run(({progress, signal}) =>
      transfer({method: 'PUT', path: this.image.link, body, progress, signal}));
    this.main.disabled = false;
    if (image) {
      this.close();
      notify(`“${image.title}” is updated`);
      this.updated(image);
    } else if (this.item?.state === 'failed') {
      this.refuse(this.item.status.textContent);
    }
  }
}

/// `updated(image)` is called once the new bytes are stored.
export function updateDialog(image, updated) {
  const dialog = new UpdateDialog(image, updated);
  dialog.open();
  dialog.readLimits();
}
