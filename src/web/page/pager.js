// SPDX-License-Identifier: Apache-2.0
// First, previous, next and last page of the list, and the page size.

import {button, element} from './element.js';
import {pageSizes} from './url_state.js';

export class Pager {
  /// `go({page})` or `go({pageSize})` is called with the user's choice.
  constructor(go) {
    this.page = 0;
    this.pages = 1;
    const step = (name, label, target) => button({
      icon: name, label, kind: 'quiet', on: {click: () => go({page: target()})},
    });
    this.back = [
      step('first', 'First page', () => 0),
      step('previous', 'Previous page', () => this.page - 1),
    ];
    this.forward = [
      step('next', 'Next page', () => this.page + 1),
      step('last', 'Last page', () => this.pages - 1),
    ];
    this.range = element('span', {class: 'page-range'});
    this.size = element('select', {
      on: {change: () => go({pageSize: Number(this.size.value)})},
    }, pageSizes.map((size) => element('option', {value: size}, String(size))));
    this.element = element('nav', {class: 'pager', 'aria-label': 'Pages'},
      element('label', {class: 'page-size'},
        element('span', {}, 'Images per page'), this.size),
      this.range, element('span', {class: 'page-steps'}, this.back, this.forward));
    for (const control of [...this.back, ...this.forward]) control.disabled = true;
  }

  show({page, pageSize, total, pages, shown}) {
    this.page = page;
    this.pages = Math.max(1, pages);
    this.size.value = String(pageSize);
    const first = page * pageSize + 1;
    const number = (value) => value.toLocaleString('en');
    this.range.textContent = shown === 0
      ? '0 of 0' : `${number(first)}–${number(first + shown - 1)} of ${number(total)}`;
    const focused = document.activeElement;
    for (const control of this.back) control.disabled = page === 0;
    for (const control of this.forward) control.disabled = page >= this.pages - 1;
    // A focused button that is now disabled passes the focus to the opposite direction.
    if (focused.disabled && this.element.contains(focused)) {
      (this.back.includes(focused) ? this.forward[0] : this.back[1]).focus();
    }
  }
}
