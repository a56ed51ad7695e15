// SPDX-License-Identifier: Apache-2.0
// Upload, import, view, search, sort and refresh.

import {button, element, icon} from './element.js';

const typingMilliseconds = 200;

const orders = [
  ['createdTime DESC', 'Newest first'],
  ['createdTime ASC', 'Oldest first'],
  ['title ASC', 'Name, A to Z'],
  ['title DESC', 'Name, Z to A'],
  ['size DESC', 'Largest first'],
  ['size ASC', 'Smallest first'],
];

export class Toolbar {
  /// `change(part, {push})` is called with the changed part of the query. `handlers`: `upload`,
  /// `importImages`, `refresh`.
  constructor({session, change, handlers}) {
    this.views = ['list', 'grid'].map((view) => button({
      icon: view, label: view === 'list' ? 'List view' : 'Grid view', kind: 'segment',
      data: {view}, on: {click: () => change({view, page: 0})},
    }));
    this.search = element('input', {
      type: 'search', 'aria-label': 'Search images', placeholder: 'Search images',
      autocomplete: 'off', spellcheck: 'false', enterkeyhint: 'search',
      on: {
        input: () => this.searchSoon(change),
        keydown: (event) => {
          if (event.key === 'Enter') this.searchNow(change);
        },
      },
    });
    this.system = element('input', {
      type: 'checkbox', role: 'switch', class: 'switch',
      on: {change: () => change({includeSystemImages: this.system.checked, page: 0})},
    });
    this.order = element('select', {
      'aria-label': 'Sort by',
      on: {change: () => {
        const [sortProperty, sortOrder] = this.order.value.split(' ');
        change({sortProperty, sortOrder, page: 0});
      }},
    }, orders.map(([value, text]) => element('option', {value}, text)));
    this.refresh = button({
      icon: 'refresh', label: 'Refresh', kind: 'quiet', on: {click: handlers.refresh},
    });
    this.element = element('div', {class: 'toolbar', role: 'group', 'aria-label': 'Gallery'},
      element('div', {class: 'segments', role: 'group', 'aria-label': 'View'}, this.views),
      element('div', {class: 'search-box'}, icon('search'), this.search),
      element('div', {class: 'toolbar-options'},
        element('label', {class: 'switch-label', hidden: session.isSystemAdmin}, this.system,
          element('span', {}, 'Include system images')),
        element('span', {class: 'order'}, this.order)),
      element('div', {class: 'toolbar-actions'},
        this.refresh,
        button({
          icon: 'import', label: 'Import image', text: 'Import image', class: 'button collapsing',
          on: {click: () => handlers.importImages()},
        }),
        button({
          icon: 'upload', label: 'Upload image', class: 'button primary',
          text: ['Upload', element('span', {class: 'long-form'}, ' image')],
          on: {click: () => handlers.upload()},
        })));
  }

  searchSoon(change) {
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.searchNow(change), typingMilliseconds);
  }

  searchNow(change) {
    clearTimeout(this.typing);
    this.typing = null;
    change({textSearch: this.search.value.trim(), page: 0});
  }

  /// Shows the query, but does not overwrite a search being typed.
  show(query) {
    for (const control of this.views) {
      control.setAttribute('aria-pressed', String(control.dataset.view === query.view));
    }
    if (!this.typing && this.search.value.trim() !== query.textSearch) this.search.value = query.textSearch;
    this.system.checked = query.includeSystemImages;
    this.order.value = `${query.sortProperty} ${query.sortOrder}`;
    this.element.dataset.view = query.view;
  }

  showBusy(busy) {
    this.refresh.classList.toggle('turning', busy);
  }
}
