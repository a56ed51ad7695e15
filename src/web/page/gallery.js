// SPDX-License-Identifier: Apache-2.0
// The gallery: its query, its views, and reloading after changes.

import {images} from './api.js';
import {element} from './element.js';
import {GridView} from './grid_view.js';
import {ImageWindow} from './image_window.js';
import {ListView} from './list_view.js';
import {Pager} from './pager.js';
import {remember} from './preferences.js';
import {Selection, selectionBar} from './selection.js';
import {emptyGallery, loadFailed, nothingFound} from './state_view.js';
import {Toolbar} from './toolbar.js';
import {picking, readQuery, writeQuery} from './url_state.js';

export class Gallery {
  /// `handlers`: `upload`, `importImages`, `edit(image)`, `remove(images)`, `pick(image)` in pick
  /// mode, and `changed` after each load.
  constructor({session, handlers}) {
    this.session = session;
    this.handlers = handlers;
    this.query = readQuery();
    this.selection = new Selection();
    const viewHandlers = {
      edit: handlers.edit, remove: handlers.remove, pick: handlers.pick,
      sort: (property) => this.sort(property),
    };
    this.list = new ListView({session, handlers: viewHandlers, selection: this.selection});
    this.viewHandlers = viewHandlers;
    this.pager = new Pager((part) => this.change(
      part.pageSize ? {...part, page: 0} : part, {push: true}));
    this.toolbar = new Toolbar({
      session,
      change: (part) => this.change(part),
      handlers: {...handlers, refresh: () => this.reload()},
    });
    this.content = element('div', {class: 'content'});
    this.found = element('p', {class: 'visually-hidden', role: 'status'});
    this.element = element('div', {class: 'gallery'}, this.toolbar.element, this.found, this.content,
      selectionBar(this.selection, handlers));
    this.onPopState = () => {
      this.query = readQuery();
      this.start();
    };
    addEventListener('popstate', this.onPopState);
  }

  stop() {
    removeEventListener('popstate', this.onPopState);
    this.leaveView();
  }

  leaveView() {
    this.grid?.stop();
    this.grid = null;
    this.loading?.abort();
  }

  get listQuery() {
    const {textSearch, sortProperty, sortOrder, includeSystemImages} = this.query;
    return {
      textSearch, sortProperty, sortOrder,
      includeSystemImages: includeSystemImages && !this.session.isSystemAdmin ? true : undefined,
    };
  }

  sort(property) {
    const {sortProperty, sortOrder} = this.query;
    const first = property === 'title' ? 'ASC' : 'DESC';
    const order = sortOrder === 'ASC' ? 'DESC' : 'ASC';
    this.change({
      sortProperty: property, sortOrder: property === sortProperty ? order : first, page: 0,
    }, {push: true});
  }

  change(part, options) {
    if (Object.entries(part).every(([name, value]) => this.query[name] === value)) return;
    const filtered = 'textSearch' in part || 'includeSystemImages' in part;
    Object.assign(this.query, part);
    if (part.view && !picking) remember('view', part.view);
    if (filtered || part.view) this.selection.clear();
    writeQuery(this.query, options);
    this.start();
  }

  /// Shows the results of the query from the start.
  start() {
    this.leaveView();
    this.toolbar.show(this.query);
    if (this.query.view === 'grid') this.startGrid();
    else this.startList();
  }

  /// Reloads the current view.
  reload() {
    if (!this.grid) return this.loadList();
    this.toolbar.showBusy(true);
    this.grid.source.refresh();
    return undefined;
  }

  startList() {
    if (!this.list.element.isConnected) {
      this.content.replaceChildren(this.list.element, this.pager.element);
      this.list.showLoading();
    }
    this.loadList();
  }

  async loadList() {
    this.loading?.abort();
    this.loading = new AbortController();
    const {signal} = this.loading;
    this.toolbar.showBusy(true);
    try {
      const {page, pageSize} = this.query;
      const result = await images.list({...this.listQuery, page, pageSize}, signal);
      if (result.data.length === 0 && page > 0) {
        this.change({page: Math.max(0, result.totalPages - 1)});
        return;
      }
      this.showList(result);
    } catch (error) {
      if (!signal.aborted) this.showFailure(error);
    } finally {
      if (!signal.aborted) this.toolbar.showBusy(false);
    }
  }

  /// For screen readers only: the count is visible elsewhere.
  announceCount(total) {
    const text = `${total.toLocaleString('en')} found`;
    if (this.found.textContent !== text) this.found.textContent = text;
  }

  showList({data, totalElements, totalPages}) {
    this.handlers.changed();
    this.announceCount(totalElements);
    const gone = this.selection.images.filter(
      ({link}) => !data.some((image) => image.link === link));
    if (gone.length > 0) this.selection.set(gone, false);
    if (data.length === 0) {
      this.showEmpty();
      return;
    }
    if (!this.list.element.isConnected) {
      this.content.replaceChildren(this.list.element, this.pager.element);
    }
    this.list.show(data, this.query);
    const {page, pageSize} = this.query;
    this.pager.show({
      page, pageSize, total: totalElements, pages: totalPages, shown: data.length,
    });
  }

  startGrid() {
    const query = this.listQuery;
    const source = new ImageWindow(
      (part, signal) => images.list({...query, ...part}, signal),
      (error) => this.gridChanged(error));
    this.grid = new GridView({
      session: this.session, handlers: this.viewHandlers, selection: this.selection, source,
    });
    this.toolbar.showBusy(true);
    this.content.replaceChildren(this.grid.element);
    scrollTo({top: 0});
    this.grid.start();
  }

  gridChanged(error) {
    this.toolbar.showBusy(false);
    if (error && this.grid.source.total !== null) {
      this.showPartFailure(error);
      return;
    }
    if (error) {
      this.showFailure(error);
      return;
    }
    this.partFailure?.remove();
    this.handlers.changed();
    this.announceCount(this.grid.source.total);
    if (this.grid.source.total === 0) {
      this.showEmpty();
      return;
    }
    if (!this.grid.element.isConnected) this.content.replaceChildren(this.grid.element);
    this.grid.update();
  }

  showEmpty() {
    const {textSearch} = this.query;
    this.content.replaceChildren(textSearch
      ? nothingFound(textSearch, () => {
        this.change({textSearch: '', page: 0});
        this.toolbar.search.focus();
      })
      : emptyGallery(() => this.handlers.upload()));
  }

  showFailure(error) {
    this.content.replaceChildren(loadFailed(error, () => this.start()));
  }

  /// Reports that some cards could not be loaded; the others stay.
  showPartFailure(error) {
    this.partFailure?.remove();
    const again = () => {
      this.partFailure.remove();
      this.reload();
    };
    this.partFailure = element('div', {class: 'part-failure', role: 'alert'},
      element('span', {}, `Some images could not be loaded. ${error.message}`),
      element('button', {type: 'button', class: 'button', on: {click: again}}, 'Try again'));
    this.content.prepend(this.partFailure);
  }

  /// Shows an image changed here immediately, before the reload.
  replace(image) {
    if (!this.grid) return;
    this.grid.source.replace(image);
    this.grid.update();
  }

  /// Handles deleted images.
  removed(list) {
    this.selection.set(list, false);
    this.reload();
  }
}
