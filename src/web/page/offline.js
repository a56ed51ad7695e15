// SPDX-License-Identifier: Apache-2.0
// A banner while the browser is offline.

import {element, icon} from './element.js';

/// `onReconnect()` is called when the connection is restored.
export function watchConnection(onReconnect) {
  const banner = element('div', {class: 'offline-banner', role: 'status'});
  document.body.prepend(banner);
  const show = () => {
    banner.hidden = navigator.onLine;
    banner.replaceChildren(...(navigator.onLine ? [] : [
      icon('offline'), 'You are offline. The images shown may be out of date.']));
  };
  addEventListener('offline', show);
  addEventListener('online', () => {
    show();
    onReconnect();
  });
  show();
}
