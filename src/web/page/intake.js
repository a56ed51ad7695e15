// SPDX-License-Identifier: Apache-2.0
// Accepts files dropped or pasted anywhere on the page.

import {element, icon} from './element.js';
import {looksLikeDocument} from './file_chooser.js';

export class Intake {
  /// `isOpen()`: whether files are accepted; `images(files)` and `documents(files)` receive them.
  constructor({isOpen, images, documents}) {
    Object.assign(this, {isOpen, images, documents});
    this.depth = 0;
    this.overlay = element('div', {class: 'drop-overlay', hidden: true, 'aria-hidden': 'true'},
      element('p', {}, icon('upload'), 'Drop images to upload them'));
    document.body.append(this.overlay);
    addEventListener('dragenter', (event) => this.onEnter(event));
    addEventListener('dragleave', () => this.onLeave());
    addEventListener('dragover', (event) => {
      if (hasFiles(event)) event.preventDefault();
    });
    addEventListener('drop', (event) => this.onDrop(event));
    addEventListener('paste', (event) => this.onPaste(event));
  }

  onEnter(event) {
    if (!hasFiles(event)) return;
    event.preventDefault();
    this.depth += 1;
    this.overlay.hidden = !this.isOpen() || Boolean(openDialog());
  }

  onLeave() {
    this.depth = Math.max(0, this.depth - 1);
    if (this.depth === 0) this.overlay.hidden = true;
  }

  onDrop(event) {
    this.depth = 0;
    this.overlay.hidden = true;
    if (!hasFiles(event)) return;
    event.preventDefault();
    this.take([...event.dataTransfer.files]);
  }

  onPaste(event) {
    const files = [...event.clipboardData?.files ?? []];
    if (files.length === 0) return;
    event.preventDefault();
    this.take(files);
  }

  /// Passes the files to the open dialog, else to a new one.
  take(files) {
    if (files.length === 0 || !this.isOpen()) return;
    const dialog = openDialog();
    if (dialog) {
      dialog.dispatchEvent(new CustomEvent('gallery-files', {detail: files}));
      return;
    }
    if (files.every(looksLikeDocument)) this.documents(files);
    else this.images(files);
  }
}

const hasFiles = (event) => event.dataTransfer?.types.includes('Files') ?? false;

function openDialog() {
  const dialogs = document.querySelectorAll('dialog[open]');
  return dialogs[dialogs.length - 1];
}
