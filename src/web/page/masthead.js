// SPDX-License-Identifier: Apache-2.0
// The page header: tenant, usage and account.

import {limits} from './api.js';
import {button, element} from './element.js';
import {formatBytes, formatCount} from './format.js';
import {accountButton} from './sign_in.js';

export class Masthead {
  constructor(node) {
    this.node = node;
  }

  showNothing() {
    this.node.replaceChildren();
    this.node.hidden = true;
  }

  /// `handlers`: `signOut`, `switchAccount`, `showShortcuts`, `showLimits`.
  show(session, handlers) {
    this.usage = element('div', {class: 'usage', hidden: true});
    this.node.hidden = false;
    this.node.replaceChildren(
      element('img', {class: 'mark', src: 'favicon.svg', alt: '', width: 32, height: 32}),
      element('h1', {}, 'Image gallery'),
      element('span', {class: 'tenant', title: session.user}, session.name),
      this.usage,
      element('div', {class: 'masthead-actions'},
        session.isSystemAdmin && button({
          icon: 'limits', label: 'Tenant limits', text: 'Tenant limits', kind: 'quiet',
          on: {click: handlers.showLimits},
        }),
        button({
          icon: 'keyboard', label: 'Keyboard shortcuts', kind: 'quiet', class: 'button quiet ' +
            'icon-only wants-keyboard', on: {click: handlers.showShortcuts},
        }),
        accountButton(session, handlers)));
  }

  /// Shows the image count and the space used; nothing if the server does not report them.
  async refreshUsage() {
    let usage;
    try {
      usage = await limits.own();
    } catch {
      return;
    }
    const {images, bytes, maxTotalBytes} = usage;
    if (images === undefined) return;
    const limit = maxTotalBytes ? ` of ${formatBytes(maxTotalBytes)}` : '';
    const share = maxTotalBytes ? Math.min(1, bytes / maxTotalBytes) : 0;
    this.usage.replaceChildren(
      element('span', {class: 'usage-text'},
        `${formatCount(images, 'image')} · ${formatBytes(bytes)}${limit}`),
      maxTotalBytes ? element('meter', {
        'aria-label': 'Space used', min: 0, max: 1, high: 0.9, optimum: 0, value: share,
      }, `${Math.round(share * 100)} %`) : '');
    this.usage.hidden = false;
  }
}
