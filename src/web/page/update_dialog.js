// SPDX-License-Identifier: Apache-2.0
// Replaces an image's bytes; its name and links stay.

import {images, recordTag} from './api.js';
import {Dialog} from './dialog.js';
import {element} from './element.js';
import {fileChooser} from './file_chooser.js';
import {notify} from './notices.js';
import {transfer} from './transfer.js';
import {TransferItem} from './transfer_item.js';
import {UploadLimits} from './upload_limits.js';

const keptHint = 'Name, links and visibility stay the same';

class UpdateDialog extends Dialog {
  constructor(image, updated) {
    super({title: 'Update image'});
    this.image = image;
    this.updated = updated;
    this.limits = new UploadLimits();
    this.item = null;
    this.chooser = fileChooser({
      label: 'Image file', accept: 'image/*', multiple: false,
      prompt: 'Drop the new image here, paste, or choose a file',
      hint: keptHint,
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
    await this.limits.read();
    this.chooser.setHint([keptHint, this.limits.text].filter(Boolean).join(' · '));
  }

  choose(file) {
    if (this.item?.isBusy) return;
    this.clearRefusal();
    this.item?.release();
    this.item = new TransferItem(file, {
      refusal: this.limits.refusalOf(file),
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

  /// Why the file cannot be sent; empty if it can.
  get validationError() {
    if (!this.item) return 'Choose a file first.';
    if (!this.item.canBeSent) return `${this.item.file.name}: ${this.item.refusal}`;
    return this.limits.refusalOf(this.item.file) ||
      this.limits.spaceError([this.item.file], this.image.descriptor.size);
  }

  async submit() {
    if (this.item?.isBusy) return;
    this.clearRefusal();
    if (this.validationError) {
      this.refuse(this.validationError);
      return;
    }
    this.main.disabled = true;
    const body = new FormData();
    body.append('file', this.item.file);
    const image = await this.item.run(({progress, signal}) => transfer({
      method: 'PUT', path: this.image.link, body, progress, signal,
      headers: {'If-Match': recordTag(this.image)},
    }));
    this.main.disabled = false;
    if (!this.isOpen) return;
    if (image) {
      this.close();
      notify('Updated');
      this.updated(image);
    } else if (this.item?.error?.status === 412) {
      await this.showConflict();
    } else if (this.item?.error) {
      this.refuse(this.item.error.message);
    }
  }

  /// Shows a concurrent change; submitting again overwrites it.
  async showConflict() {
    try {
      this.image = await images.info(this.image);
    } catch (error) {
      this.refuse(error.status === 404 ? 'This image has been deleted.' : error.message);
      return;
    }
    this.refuse('Someone else has changed this image since you opened it, so your file was not ' +
      'saved. Press “Update” again to replace theirs.');
  }
}

/// `updated(image)` is called once the new bytes are stored.
export function updateDialog(image, updated) {
  const dialog = new UpdateDialog(image, updated);
  dialog.open();
  dialog.readLimits();
}
