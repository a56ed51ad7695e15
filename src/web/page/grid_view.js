// SPDX-License-Identifier: Apache-2.0
// Images as square cards in an endless grid; only cards near the viewport exist in the document.

import {element} from './element.js';
import {cardOf, skeletonCard} from './grid_card.js';
import {gap, indexAfterKey, layoutFor, rowsInView} from './grid_layout.js';
import {stateOf} from './list_view.js';

const settleMilliseconds = 80;
const frameMilliseconds = 8;

export class GridView {
  /// `source`: an `ImageWindow` whose `changed` calls `update`. `handlers`: `edit(image)`,
  /// `remove(images)`, and `pick(image)` in pick mode.
  constructor({session, handlers, selection, source}) {
    this.context = {session, handlers, selection};
    this.source = source;
    this.rows = new Map();
    this.active = 0;
    this.element = element('div', {
      class: 'image-grid', role: 'grid', 'aria-label': 'Images',
      'aria-multiselectable': handlers.pick ? null : 'true',
      on: {
        keydown: (event) => this.onKey(event),
        focusin: (event) => this.onFocus(event),
      },
    });
    this.onScroll = () => this.schedule();
    this.onSelection = () => this.showSelection();
    this.resizing = new ResizeObserver(() => this.relayout());
  }

  /// Call once the element is in the document.
  start() {
    addEventListener('scroll', this.onScroll, {passive: true});
    this.context.selection.addEventListener('change', this.onSelection);
    this.resizing.observe(this.element);
    this.relayout();
  }

  stop() {
    removeEventListener('scroll', this.onScroll);
    this.context.selection.removeEventListener('change', this.onSelection);
    this.resizing.disconnect();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.settling);
    this.source.stop();
  }

  /// The number of cards; before the first load, about one screen of placeholders.
  get total() {
    return this.source.total ?? this.layout.columns * 4;
  }

  relayout() {
    const width = this.element.clientWidth;
    if (width === 0) return;
    const style = getComputedStyle(this.element);
    const caption = Number.parseFloat(style.getPropertyValue('--caption-height')) *
      Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    const layout = layoutFor(width, Math.round(caption));
    const same = this.layout && layout.columns === this.layout.columns &&
      layout.rowHeight === this.layout.rowHeight;
    if (same) {
      this.render();
      return;
    }
    const top = this.layout ? this.firstVisible() : 0;
    this.layout = layout;
    this.context.side = Math.round(layout.side * devicePixelRatio);
    this.element.style.setProperty('--columns', layout.columns);
    this.element.style.setProperty('--side', `${layout.side}px`);
    for (const {row} of this.rows.values()) row.remove();
    this.rows.clear();
    this.updateSize();
    if (top > 0) this.scrollToIndex(top);
    this.render();
  }

  updateSize() {
    this.element.style.height = `${this.height()}px`;
    this.element.setAttribute('aria-rowcount', this.rowCount());
    this.element.setAttribute('aria-colcount', this.layout.columns);
    this.element.setAttribute('aria-busy', String(this.source.total === null));
  }

  /// Call when the source has changed.
  update() {
    if (!this.layout) return;
    this.updateSize();
    this.active = Math.min(this.active, Math.max(0, this.total - 1));
    const hadFocus = this.element.contains(document.activeElement);
    this.render();
    if (hadFocus && !this.element.contains(document.activeElement)) this.focusIndex(this.active);
  }

  rowCount() {
    return Math.ceil(this.total / this.layout.columns);
  }

  height() {
    return Math.max(0, this.rowCount() * this.layout.rowHeight - gap);
  }

  view() {
    const top = Math.max(0, -this.element.getBoundingClientRect().top);
    return {top, bottom: top + innerHeight};
  }

  firstVisible() {
    return Math.floor(this.view().top / this.layout.rowHeight) * this.layout.columns;
  }

  schedule() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.render();
    });
  }

  /// `needed`: a row to render immediately; others may follow in the next frames.
  render(needed = -1) {
    if (!this.layout) return;
    const {top, bottom} = this.view();
    const {first, last} = rowsInView(this.layout, top, bottom, this.rowCount());
    const visible = new Set();
    for (let number = first; number <= last; number += 1) visible.add(number);
    const focusedRow = this.element.contains(document.activeElement)
      ? Math.floor(this.active / this.layout.columns) : -1;
    if (focusedRow >= 0 && focusedRow < this.rowCount()) visible.add(focusedRow);
    for (const [number, {row}] of this.rows) {
      if (!visible.has(number)) {
        row.remove();
        this.rows.delete(number);
      }
    }
    const middle = (top + bottom) / 2 / this.layout.rowHeight;
    const distance = (number) => (number === needed ? -1 : Math.abs(number + 0.5 - middle));
    this.renderRows([...visible].sort((a, b) => distance(a) - distance(b)));
    this.load(first, last);
  }

  /// Renders as many rows as fit into a frame, but at least one, so that scrolling stays smooth.
  renderRows(numbers) {
    const start = performance.now();
    let created = false;
    for (const number of numbers) {
      if (created && performance.now() - start > frameMilliseconds) {
        this.schedule();
        return;
      }
      created = this.renderRow(number) || created;
    }
  }

  /// Debounced: dragging the scroll bar over thousands of rows must not load them all.
  load(first, last) {
    const {columns} = this.layout;
    const load = () => this.source.request(
      first * columns, Math.min(this.total, (last + 1) * columns) - 1);
    clearTimeout(this.settling);
    if (this.source.total === null || this.source.at(first * columns)) load();
    else this.settling = setTimeout(load, settleMilliseconds);
  }

  /// Returns whether anything was created.
  renderRow(number) {
    const {columns, rowHeight} = this.layout;
    let entry = this.rows.get(number);
    if (!entry) {
      const row = element('div', {
        class: 'grid-row', role: 'row', 'aria-rowindex': number + 1,
      });
      row.style.transform = `translateY(${number * rowHeight}px)`;
      entry = {row, cards: []};
      this.rows.set(number, entry);
      const next = [...this.rows.keys()].filter((other) => other > number).sort((a, b) => a - b)[0];
      this.element.insertBefore(row, next === undefined ? null : this.rows.get(next).row);
    }
    const count = Math.min(columns, this.total - number * columns);
    while (entry.cards.length > count) entry.cards.pop().card.remove();
    let created = false;
    for (let column = 0; column < count; column += 1) {
      created = this.renderCard(entry, number * columns + column, column) || created;
    }
    return created;
  }

  renderCard(entry, index, column) {
    const image = this.source.at(index);
    const state = image ? stateOf(image) : 'loading';
    const known = entry.cards[column];
    if (known?.state === state) return false;
    const card = image ? cardOf(image, this.context) : skeletonCard();
    card.dataset.index = index;
    card.setAttribute('aria-colindex', column + 1);
    const hadFocus = known?.card.contains(document.activeElement);
    const action = hadFocus ? document.activeElement.dataset.action : null;
    if (known) known.card.replaceWith(card);
    else entry.row.append(card);
    entry.cards[column] = {state, card, image};
    this.mark(entry.cards[column], index);
    if (hadFocus) (action ? card.querySelector(`[data-action="${action}"]`) : card)?.focus();
    return true;
  }

  mark({card, image}, index) {
    card.tabIndex = index === this.active ? 0 : -1;
    for (const control of card.querySelectorAll('button, input')) control.tabIndex = card.tabIndex;
    if (!image || this.context.handlers.pick) return;
    const on = this.context.selection.has(image.link);
    card.classList.toggle('selected', on);
    card.setAttribute('aria-selected', String(on));
    const box = card.querySelector('input');
    if (box) box.checked = on;
  }

  showSelection() {
    this.element.classList.toggle('selecting', this.context.selection.images.length > 0);
    for (const {cards} of this.rows.values()) {
      for (const entry of cards) this.mark(entry, Number(entry.card.dataset.index));
    }
  }

  onFocus(event) {
    const card = event.target.closest('[data-index]');
    if (!card) return;
    this.active = Number(card.dataset.index);
    this.showSelection();
  }

  scrollToIndex(index) {
    const top = Math.floor(index / this.layout.columns) * this.layout.rowHeight;
    const grid = this.element.getBoundingClientRect().top + scrollY;
    const sticky = Number.parseFloat(
      getComputedStyle(document.documentElement).scrollPaddingTop) || 0;
    const {top: viewTop, bottom} = this.view();
    if (top < viewTop + sticky) scrollTo({top: grid + top - sticky - gap});
    else if (top + this.layout.rowHeight > bottom - sticky) {
      scrollTo({top: grid + top + this.layout.rowHeight + gap - innerHeight});
    }
  }

  focusIndex(index) {
    this.active = index;
    this.scrollToIndex(index);
    this.render(Math.floor(index / this.layout.columns));
    this.showSelection();
    this.element.querySelector(`[data-index="${index}"]`)?.focus({preventScroll: true});
  }

  onKey(event) {
    const card = event.target.closest('[data-index]');
    if (!card || event.altKey || event.metaKey) return;
    const index = Number(card.dataset.index);
    if (event.target === card) {
      const image = this.source.at(index);
      if (image && this.runKey(event, image)) {
        event.preventDefault();
        return;
      }
    }
    const target = indexAfterKey(event.key, {
      index, columns: this.layout.columns, total: this.total, withControl: event.ctrlKey,
      rowsInPage: Math.max(1, Math.floor(innerHeight / this.layout.rowHeight)),
    });
    if (target === null) return;
    event.preventDefault();
    this.focusIndex(target);
  }

  /// Handles Enter, Space and Delete on the card itself. Returns whether the key was handled.
  runKey({key}, image) {
    const {handlers, selection, session} = this.context;
    if (key === 'Enter') (handlers.pick ?? handlers.edit)(image);
    else if (key === ' ' && handlers.pick) handlers.pick(image);
    else if (key === ' ' && session.mayEdit(image)) selection.toggle(image);
    else if (key === 'Delete' && session.mayEdit(image) && !handlers.pick) handlers.remove([image]);
    else return key === ' ';
    return true;
  }
}
