// SPDX-License-Identifier: Apache-2.0
// A dialog that sends files; the base of the upload and import dialogs.

import {Dialog} from './dialog.js';
import {element} from './element.js';
import {inParallel} from './transfer.js';
import {TransferItem} from './transfer_item.js';

export class TransferDialog extends Dialog {
  /// `verb`: the main button's text. `send(item, {progress, signal})` sends one file.
  /// `done(results)` is called on closing with the results. `refusalOf(file)` returns why a file
  /// cannot be sent, or ''.
  constructor({title, verb, send, done, refusalOf, withName = false}) {
    super({title});
    Object.assign(this, {send, refusalOf, withName});
    this.items = [];
    this.results = [];
    this.list = element('ul', {class: 'transfer-list', 'aria-label': 'Files'});
    this.main = this.submitButton(verb);
    this.setButtons(this.main, this.cancelButton());
    this.count = element('p', {class: 'transfer-count', role: 'status'});
    this.buttons.prepend(this.count);
    this.onClosed = () => {
      for (const item of this.items) {
        item.stop();
        item.release();
      }
      if (this.results.length > 0) done(this.results);
    };
  }

  add(files) {
    this.clearRefusal();
    for (const file of files) {
      const item = new TransferItem(file, {
        refusal: this.refusalOf(file), withName: this.withName,
        removed: (one) => this.removeItem(one),
      });
      this.items.push(item);
      this.list.append(item.element);
    }
    this.showRefused();
    this.itemsChanged?.();
  }

  removeItem(item) {
    this.items = this.items.filter((other) => other !== item);
    item.element.remove();
    item.release();
    this.clearRefusal();
    this.showRefused();
    this.itemsChanged?.();
    this.main.focus();
  }

  /// Shows the errors of refused files. Returns whether there are any.
  showRefused() {
    const refused = this.items.filter(({state}) => state === 'refused');
    if (refused.length === 0) return false;
    this.refuse(refused.map(({file, refusal}) =>
      element('p', {}, `${file.name}: ${refusal}`)));
    return true;
  }

  async submit() {
    const waiting = this.items.filter((item) => item.canBeSent);
    if (this.items.some((item) => item.isBusy)) return;
    this.clearRefusal();
    if (waiting.length === 0) {
      if (!this.showRefused()) this.refuse('Choose a file first.');
      return;
    }
    const validationError = this.validationError?.(waiting);
    if (validationError) {
      this.refuse(validationError);
      return;
    }
    this.main.disabled = true;
    this.showCount(0, waiting.length);
    let ended = 0;
    await inParallel(waiting, async (item) => {
      const result = await item.run((how) => this.send(item, how));
      if (result) this.results.push(result);
      this.showCount(ended += 1, waiting.length);
    });
    this.count.textContent = '';
    this.main.disabled = false;
    if (this.isOpen) this.finish();
  }

  /// Shows the overall progress of several files; a single file shows its own.
  showCount(ended, all) {
    if (all > 1) this.count.textContent = `${ended} of ${all}`;
  }

  /// Closes if all files were sent, else shows the errors.
  finish() {
    const open = this.items.filter(({state}) => state !== 'done');
    if (open.length === 0) {
      this.close();
      return;
    }
    const failed = open.filter(({state}) => state === 'failed');
    if (failed.length > 0) {
      this.refuse(
        failed.map(({file, error}) => element('p', {}, `${file.name}: ${error.message}`)),
        failed.some(({error}) => error.isRetryable) &&
          element('p', {}, `Press “${this.main.textContent}” to try again.`));
    } else {
      this.showRefused();
    }
  }
}
