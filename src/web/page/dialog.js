// SPDX-License-Identifier: Apache-2.0
// A modal dialog: heading, content, error area, buttons.

import {button, element, icon, uniqueId} from './element.js';

export class Dialog {
  /// `title` is its accessible name. `wide` makes it wider.
  constructor({title, wide = false}) {
    const titleId = uniqueId('dialog-title');
    this.heading = element('h2', {id: titleId}, title);
    this.content = element('div', {class: 'dialog-content'});
    this.alert = element('div', {class: 'alert-area', role: 'alert', hidden: true});
    this.buttons = element('div', {class: 'dialog-buttons'});
    this.form = element('form', {
      class: 'dialog-form', novalidate: true, on: {submit: (event) => {
        event.preventDefault();
        this.submit();
      }},
    },
    element('header', {class: 'dialog-header'}, this.heading,
      button({icon: 'close', label: 'Close', kind: 'quiet', on: {click: () => this.cancel()}})),
    this.content, this.alert, this.buttons);
    this.element = element('dialog', {
      class: `dialog${wide ? ' wide' : ''}`, 'aria-labelledby': titleId,
      on: {
        cancel: (event) => {
          event.preventDefault();
          this.cancel();
        },
        close: () => this.#closed(),
      },
    }, this.form, element('div', {class: 'notices', role: 'status'}));
  }

  /// Called by Enter; overridden by dialogs with an action.
  submit() {}

  /// Called by Escape, Close and Cancel.
  cancel() {
    this.close();
  }

  open() {
    this.opener = openerOf(document.activeElement);
    document.body.append(this.element);
    this.element.showModal();
    return this;
  }

  close() {
    if (this.element.open) this.element.close();
  }

  get isOpen() {
    return this.element.open;
  }

  #closed() {
    this.element.remove();
    this.opener.focus();
    this.onClosed?.();
  }

  /// Shows an error until the next attempt.
  refuse(...content) {
    this.alert.replaceChildren(icon('alert'), element('div', {}, content));
    this.alert.hidden = false;
    this.alert.scrollIntoView({block: 'nearest'});
  }

  clearRefusal() {
    this.alert.hidden = true;
    this.alert.replaceChildren();
  }

  /// Sets the buttons at the end; the first one is the main one.
  setButtons(...list) {
    this.buttons.replaceChildren(...list.reverse());
  }

  cancelButton() {
    return element('button', {
      type: 'button', class: 'button', on: {click: () => this.cancel()},
    }, 'Cancel');
  }

  submitButton(text, kind = 'primary') {
    return element('button', {type: 'submit', class: `button ${kind}`}, text);
  }
}

/// The focused control, or its replacement when the dialog closes: the page may re-render
/// meanwhile.
function openerOf(control) {
  const link = control?.closest('[data-link]')?.dataset.link;
  const {action} = control?.dataset ?? {};
  return {
    focus() {
      let target = control;
      if (!control?.isConnected && link) {
        const holder = document.querySelector(`[data-link="${CSS.escape(link)}"]`);
        target = action ? holder?.querySelector(`[data-action="${action}"]`) : holder;
      }
      target?.focus({preventScroll: true});
    },
  };
}

/// A labelled field: the label's text is its accessible name.
export function field(label, control, {hint = null} = {}) {
  const id = uniqueId('field');
  control.id = id;
  let hintNode = null;
  if (hint) {
    hintNode = element('span', {class: 'hint', id: `${id}-hint`}, hint);
    control.setAttribute('aria-describedby', hintNode.id);
  }
  return element('div', {class: 'field'},
    element('label', {class: 'field-label', for: id}, label), control, hintNode);
}
