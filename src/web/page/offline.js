// SPDX-License-Identifier: Apache-2.0
// Says so while the browser is offline.

import {element, icon} from './element.js';

/// `back()` is called once the connection is there again.
export function watchConnection(back) {
  const banner = element('div', {class: 'offline-banner', role: 'status'});
  document.body.prepend(banner);
  const show = () => {
    banner.hidden = navigator.onLine;
    banner.replaceChildren(...(navigator.onLine ? [] : [
      icon('offline'), 'You are offline. What you see may be out of date.']));
  };
  addEventListener('offline', show);
  addEventListener('online', () => {
    show();
    back();
  });
  show();
}
