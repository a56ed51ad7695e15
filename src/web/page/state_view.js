// SPDX-License-Identifier: Apache-2.0
// Placeholders for the images: empty gallery, no results, errors.

import {element, icon} from './element.js';

/// `actions`: pairs of a button text and its handler.
function stateView({picture, title, text, role = null, actions = []}) {
  return element('section', {class: 'state', role},
    element('span', {class: 'state-picture'}, icon(picture)),
    element('h2', {}, title),
    text && element('p', {}, text),
    actions.length > 0 && element('div', {class: 'state-actions'}, actions.map(([label, run]) =>
      element('button', {type: 'button', class: 'button', on: {click: run}}, label))));
}

export const emptyGallery = (chooseFiles) => stateView({
  picture: 'image',
  title: 'No images yet',
  text: 'Drop images anywhere on this page, paste one, or choose files.',
  actions: [['Choose files', chooseFiles]],
});

export const nothingFound = (search, clear) => stateView({
  picture: 'search',
  title: 'No images found',
  text: `No image has “${search}” in its name.`,
  actions: [['Clear search', clear]],
});

export const loadFailed = (error, again) => stateView({
  picture: error.status === 0 ? 'offline' : 'alert',
  title: error.status === 0 ? 'The gallery cannot be reached' : 'The images could not be loaded',
  text: error.status === 0
    ? 'You may be offline, or the server is not running. Nothing is lost.' : error.message,
  role: 'alert',
  actions: [['Try again', again]],
});

export const mayNotBrowse = (user) => stateView({
  picture: 'image',
  title: 'This account cannot browse the gallery',
  text: `${user || 'Users'} can see the images that a page shows, but only administrators see ` +
    'the gallery itself.',
});
