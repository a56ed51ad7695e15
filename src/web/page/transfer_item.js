// SPDX-License-Identifier: Apache-2.0
// A file being transferred: its name, progress and result.

import {button, element, icon, uniqueId} from './element.js';
import {formatBytes} from './format.js';

export class TransferItem {
  #url = null;

  /// `refusal`: why it cannot be sent; empty if it can. `withName` adds a field for the image's
  /// name. `removed()` is called when the user removes it.
  constructor(file, {refusal = '', withName = false, removed}) {
    this.file = file;
    // The same for each retry, so that a lost response creates no duplicate.
    this.operationId = operationId();
    this.refusal = refusal;
    this.state = refusal ? 'refused' : 'waiting';
    // The file name is the controls' description, not part of their names, which must stay unique.
    const fileId = uniqueId('file');
    this.progress = element('progress', {
      max: 1, value: 0, hidden: true, 'aria-label': 'Progress', 'aria-describedby': fileId,
    });
    const statusId = uniqueId('status');
    this.status = element('p', {class: 'item-status', id: statusId});
    this.removeButton = button({
      icon: 'close', label: 'Remove from list', kind: 'quiet', 'aria-describedby': fileId,
      on: {click: () => {
        this.stop();
        removed(this);
      }},
    });
    this.name = withName && !refusal ? element('input', {
      type: 'text', id: uniqueId('name'), value: file.name, maxlength: 255,
      'aria-describedby': statusId, autocomplete: 'off',
    }) : null;
    this.element = element('li', {class: 'transfer-item'},
      element('span', {class: 'item-picture thumbnail'}, this.picture()),
      element('div', {class: 'item-body'},
        this.name && element('label', {class: 'field-label', for: this.name.id}, 'Name'),
        this.name,
        element('p', {class: 'item-file', id: fileId}, `${file.name} · ${formatBytes(file.size)}`),
        this.progress, this.status),
      this.removeButton);
    if (refusal) this.refuse(refusal);
  }

  picture() {
    if (!this.file.type.startsWith('image/') || this.refusal) {
      return icon(looksLikeText(this.file) ? 'download' : 'image');
    }
    this.#url = URL.createObjectURL(this.file);
    const picture = element('img', {alt: '', src: this.#url, class: 'whole'});
    picture.addEventListener('error', () => picture.replaceWith(icon('image')));
    return picture;
  }

  get canBeSent() {
    return this.state === 'waiting' || this.state === 'failed' || this.state === 'stopped';
  }

  get isBusy() {
    return this.state === 'sending';
  }

  /// Runs `send({progress, signal})` and returns its result. On failure returns null and sets
  /// `error`, which stays null if the user stopped it.
  async run(send) {
    this.abort = new AbortController();
    this.error = null;
    this.show('sending', 'Sending');
    this.progress.value = 0;
    try {
      const result = await send({
        signal: this.abort.signal,
        progress: (share) => this.showProgress(share),
      });
      this.show('done', 'Done');
      return result;
    } catch (error) {
      if (error.name === 'AbortError') {
        this.show('stopped', 'Stopped');
      } else {
        this.error = error;
        this.show('failed', error.message);
      }
      return null;
    }
  }

  showProgress(share) {
    if (share < 1) {
      this.progress.value = share;
      this.status.textContent = `Sending, ${Math.floor(share * 100)} %`;
    } else {
      this.progress.removeAttribute('value');
      this.status.textContent = 'Checking and creating the preview';
    }
  }

  show(state, text) {
    this.state = state;
    this.element.dataset.state = state;
    this.status.replaceChildren(...(state === 'done' ? [icon('check')] : []),
      ...(state === 'failed' || state === 'refused' ? [icon('alert')] : []), text);
    this.progress.hidden = state !== 'sending';
    if (this.name) this.name.disabled = state === 'sending' || state === 'done';
  }

  /// Marks the file as one that cannot be sent.
  refuse(refusal) {
    this.refusal = refusal;
    this.show('refused', refusal);
  }

  stop() {
    this.abort?.abort();
  }

  /// Releases the preview's object URL.
  release() {
    if (this.#url) URL.revokeObjectURL(this.#url);
  }
}

/// `crypto.randomUUID` is only available with TLS.
function operationId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

const looksLikeText = (file) => /json$/i.test(file.name);
