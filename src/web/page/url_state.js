// SPDX-License-Identifier: Apache-2.0
// The view state in the page's URL, restored by reload, back, forward and shared links.

import {recall} from './preferences.js';

export const pageSizes = [10, 20, 30, 100];
export const sortProperties = ['createdTime', 'title', 'size'];

const defaults = {
  page: 0,
  pageSize: 10,
  sortProperty: 'createdTime',
  sortOrder: 'DESC',
  textSearch: '',
  includeSystemImages: false,
};

/// True if the page is a picker for another page.
export const picking = new URLSearchParams(location.search).has('pick');

const defaultView = () => (picking ? 'grid' : recall('view', 'list'));

/// Reads the query from the URL; missing or invalid values get their defaults.
export function readQuery() {
  const parameters = new URLSearchParams(location.search);
  const oneOf = (name, allowed) =>
    allowed.includes(parameters.get(name)) ? parameters.get(name) : defaults[name];
  const page = Number(parameters.get('page'));
  const pageSize = Number(parameters.get('pageSize'));
  return {
    view: ['list', 'grid'].includes(parameters.get('view'))
      ? parameters.get('view') : defaultView(),
    page: Number.isSafeInteger(page) && page > 0 ? page : 0,
    pageSize: pageSizes.includes(pageSize) ? pageSize : defaults.pageSize,
    sortProperty: oneOf('sortProperty', sortProperties),
    sortOrder: oneOf('sortOrder', ['ASC', 'DESC']),
    textSearch: parameters.get('textSearch') ?? '',
    includeSystemImages: parameters.get('includeSystemImages') === 'true',
  };
}

/// Writes the query to the URL; `push` adds a history entry.
export function writeQuery(query, {push = false} = {}) {
  const parameters = new URLSearchParams();
  if (picking) parameters.set('pick', '');
  if (query.view !== (picking ? 'grid' : 'list')) parameters.set('view', query.view);
  for (const [name, value] of Object.entries(defaults)) {
    if (query[name] !== value) parameters.set(name, String(query[name]));
  }
  const search = parameters.toString().replace('pick=', 'pick');
  const url = search ? `?${search}` : location.pathname;
  if (url === (location.search || location.pathname)) return;
  history[push ? 'pushState' : 'replaceState'](null, '', url);
}
