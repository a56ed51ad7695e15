// SPDX-License-Identifier: Apache-2.0
// One page of images as a table.

import {breakable, element, icon, uniqueId} from './element.js';
import {formatBytes, formatResolution, formatTime} from './format.js';
import {actionButtons} from './image_actions.js';
import {isSystemImage} from './session.js';
import {thumbnail} from './thumbnail.js';

const skeletonRows = 10;

export class ListView {
  /// `handlers`: `edit(image)`, `remove(images)`, `pick(image)` in pick mode, `sort(property)`.
  /// `selection`: a `Selection`.
  constructor({session, handlers, selection}) {
    this.session = session;
    this.handlers = handlers;
    this.selection = selection;
    this.rows = new Map();
    this.body = element('tbody', {role: 'rowgroup'});
    this.headers = new Map();
    this.all = element('input', {
      type: 'checkbox', 'aria-label': 'Select all images of this page',
      on: {change: () => this.selectAll(this.all.checked)},
    });
    this.element = element('table', {class: 'image-table', role: 'table', 'aria-label': 'Images'},
      element('thead', {role: 'rowgroup'}, element('tr', {role: 'row'},
        header('select', this.all),
        header('preview', hiddenText('Preview')),
        this.sortHeader('title', 'name', 'Name'),
        this.sortHeader('createdTime', 'created', 'Created time'),
        header('resolution', 'Resolution'),
        this.sortHeader('size', 'size', 'Size'),
        header('system', 'System'),
        header('actions', hiddenText('Actions')))),
      this.body);
    selection.addEventListener('change', () => this.showSelection());
  }

  sortHeader(property, name, text) {
    const arrow = element('span', {class: 'sort-arrow'});
    const cell = header(name, element('button', {
      type: 'button', class: 'sort', on: {click: () => this.handlers.sort(property)},
    }, text, arrow));
    this.headers.set(property, {cell, arrow});
    return cell;
  }

  /// Shows placeholder rows until the first load.
  showLoading() {
    this.rows.clear();
    this.items = [];
    this.element.setAttribute('aria-busy', 'true');
    this.body.replaceChildren(...Array.from({length: skeletonRows}, () =>
      element('tr', {class: 'skeleton', role: 'row', 'aria-hidden': 'true'},
        ['select', 'preview', 'name', 'created', 'resolution', 'size', 'system', 'actions'].map(
          (name) => element('td', {class: `cell-${name}`, role: 'cell'},
            element('span', {class: 'skeleton-bar'}))))));
  }

  /// Reuses the rows of unchanged images, which keeps the focus.
  show(items, query) {
    this.items = items;
    this.element.removeAttribute('aria-busy');
    this.element.classList.toggle('with-system', query.includeSystemImages);
    for (const [property, {cell, arrow}] of this.headers) {
      const sorted = property === query.sortProperty;
      const ascending = query.sortOrder === 'ASC';
      arrow.replaceChildren(...(sorted ? [icon(ascending ? 'ascending' : 'descending')] : []));
      if (sorted) cell.setAttribute('aria-sort', ascending ? 'ascending' : 'descending');
      else cell.removeAttribute('aria-sort');
    }
    const kept = new Map();
    for (const image of items) {
      const state = stateOf(image);
      const known = this.rows.get(image.link);
      kept.set(image.link, known?.state === state ? known : {state, row: this.rowOf(image)});
    }
    const focused = focusOf(this.body);
    this.rows = kept;
    this.body.replaceChildren(...[...kept.values()].map(({row}) => row));
    restoreFocus(kept, focused);
    this.showSelection();
  }

  rowOf(image) {
    const titleId = uniqueId('title');
    const {descriptor} = image;
    const mayEdit = this.session.mayEdit(image);
    const open = () => (this.handlers.pick ?? this.handlers.edit)(image);
    const row = element('tr', {role: 'row', data: {link: image.link}, on: {
      click: (event) => {
        if (event.target.closest('button, input, label, .cell-preview')) return;
        if (this.handlers.pick) this.handlers.pick(image);
        else if (mayEdit) this.selection.toggle(image);
      },
    }},
    cell('select', element('label', {class: 'check-area'}, element('input', {
      type: 'checkbox', 'aria-label': `Select ${image.title}`, disabled: !mayEdit,
      on: {change: () => this.selection.toggle(image)},
    }))),
    element('td', {class: 'cell-preview', role: 'cell', on: {click: open}},
      element('span', {class: 'thumbnail'}, thumbnail(image))),
    cell('name',
      element('span', {class: 'title', id: titleId, title: image.title}, breakable(image.title))),
    cell('created', element('time', {datetime: new Date(image.createdTime).toISOString()},
      formatTime(image.createdTime))),
    cell('resolution', formatResolution(descriptor)),
    cell('size', formatBytes(descriptor.size)),
    cell('system', isSystemImage(image) && element('span', {class: 'badge'},
      'System', hiddenText(' image'))),
    cell('actions', element('div', {class: 'actions'}, this.handlers.pick
      ? element('button', {
        type: 'button', class: 'button primary', 'aria-describedby': titleId,
        on: {click: () => this.handlers.pick(image)},
      }, 'Choose')
      : actionButtons(image, {
        session: this.session, handlers: this.handlers, describedBy: titleId,
      }))));
    return row;
  }

  selectAll(on) {
    this.selection.set(this.items.filter((image) => this.session.mayEdit(image)), on);
  }

  showSelection() {
    for (const [link, {row}] of this.rows) {
      const on = this.selection.has(link);
      row.classList.toggle('selected', on);
      row.querySelector('input').checked = on;
    }
    const own = (this.items ?? []).filter((image) => this.session.mayEdit(image));
    const chosen = own.filter((image) => this.selection.has(image.link)).length;
    this.all.checked = own.length > 0 && chosen === own.length;
    this.all.indeterminate = chosen > 0 && chosen < own.length;
    this.all.disabled = own.length === 0;
  }
}

const header = (name, ...content) =>
  element('th', {class: `cell-${name}`, scope: 'col', role: 'columnheader'}, content);
const cell = (name, ...content) => element('td', {class: `cell-${name}`, role: 'cell'}, content);
const hiddenText = (text) => element('span', {class: 'visually-hidden'}, text);

/// A key that changes whenever a row must be rendered again.
export function stateOf(image) {
  return `${image.id.id} ${image.revision} ${image.title} ${image.descriptor.etag} ${image.public}`;
}

function focusOf(body) {
  const active = document.activeElement;
  if (!body.contains(active)) return null;
  const row = active.closest('tr');
  return {
    link: row.dataset.link, index: [...body.children].indexOf(row), action: active.dataset.action,
  };
}

/// Focuses the same control of the same image, or of the image that took its place.
function restoreFocus(rows, focused) {
  if (!focused) return;
  const all = [...rows.values()];
  const entry = rows.get(focused.link) ?? all[Math.min(focused.index, all.length - 1)];
  if (!entry || entry.row.contains(document.activeElement)) return;
  const control = entry.row.querySelector(`[data-action="${focused.action}"]:not(:disabled)`);
  (control ?? entry.row.querySelector('input'))?.focus({preventScroll: true});
}
