// SPDX-License-Identifier: Apache-2.0
// One card of the grid.

import {breakable, element, uniqueId} from './element.js';
import {formatBytes, formatResolution} from './format.js';
import {actionButtons} from './image_actions.js';
import {isSystemImage} from './session.js';
import {thumbnail} from './thumbnail.js';

/// `side`: the side of the card's square, in device pixels.
export function cardOf(image, {session, handlers, selection, side}) {
  const titleId = uniqueId('title');
  const open = () => (handlers.pick ?? handlers.edit)(image);
  const controls = handlers.pick
    ? element('button', {
      type: 'button', class: 'button primary', 'aria-describedby': titleId,
      on: {click: () => handlers.pick(image)},
    }, 'Choose')
    : actionButtons(image, {session, handlers, describedBy: titleId});
  const captionId = uniqueId('caption');
  const badgeId = uniqueId('badge');
  return element('div', {
    class: 'card', role: 'gridcell', data: {link: image.link},
    'aria-labelledby': handlers.pick ? null : `${badgeId} ${captionId}`,
  },
    element('div', {class: 'card-preview thumbnail', on: {click: open}}, thumbnail(image, side)),
    !handlers.pick && session.mayEdit(image) && element('label', {class: 'check-area'},
      element('input', {
        type: 'checkbox', 'aria-label': `Select ${image.title}`,
        on: {change: () => selection.toggle(image)},
      })),
    isSystemImage(image) && [element('span', {class: 'badge', id: badgeId}, 'System'), ' '],
    element('div', {class: 'actions'}, controls),
    element('div', {class: 'caption', id: captionId},
      element('span', {class: 'title', id: titleId, title: image.title}, breakable(image.title)), ' ',
      element('span', {class: 'meta'},
        element('span', {}, formatResolution(image.descriptor)), ' ',
        element('span', {}, formatBytes(image.descriptor.size)))));
}

export function skeletonCard() {
  return element('div', {class: 'card skeleton', role: 'gridcell', 'aria-label': 'Loading'},
    element('div', {class: 'card-preview'}),
    element('div', {class: 'caption', 'aria-hidden': 'true'},
      element('span', {class: 'skeleton-bar'}), element('span', {class: 'skeleton-bar'})));
}
