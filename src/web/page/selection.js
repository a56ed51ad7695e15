// SPDX-License-Identifier: Apache-2.0
// The selected images, and the bar with their actions.

import {button, element} from './element.js';
import {formatCount} from './format.js';

/// Dispatches "change" on every change.
export class Selection extends EventTarget {
  #images = new Map();

  get images() {
    return [...this.#images.values()];
  }

  has(link) {
    return this.#images.has(link);
  }

  toggle(image) {
    this.set([image], !this.has(image.link));
  }

  set(images, on) {
    for (const image of images) {
      if (on) this.#images.set(image.link, image);
      else this.#images.delete(image.link);
    }
    this.dispatchEvent(new Event('change'));
  }

  clear() {
    if (this.#images.size === 0) return;
    this.#images.clear();
    this.dispatchEvent(new Event('change'));
  }
}

/// Shown while anything is selected.
export function selectionBar(selection, {remove}) {
  const text = element('p', {class: 'selection-count', role: 'status'});
  const bar = element('div', {
    class: 'selection-bar', role: 'region', 'aria-label': 'Selection', hidden: true,
  }, text,
  button({
    icon: 'delete', label: 'Delete selected images', text: ['Delete', element('span', {class: 'long-form'}, ' selected images')],
    kind: 'danger', on: {click: () => remove(selection.images)},
  }),
  button({
    icon: 'close', label: 'Clear selection', kind: 'quiet', on: {click: () => selection.clear()},
  }));
  selection.addEventListener('change', () => {
    const count = selection.images.length;
    bar.hidden = count === 0;
    text.textContent = count === 0 ? '' : `${formatCount(count, 'image')} selected`;
  });
  return bar;
}
