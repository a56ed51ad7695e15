// SPDX-License-Identifier: Apache-2.0
// Short messages that come and go, read out by screen readers. They neither name nor count images as
// the page does: for a moment there would be two of each text.

import {element, icon} from './element.js';

const shownMilliseconds = 5000;

/// Inside the topmost open dialog, since all else is inert while it is open.
function host() {
  const dialogs = document.querySelectorAll('dialog[open]');
  return dialogs[dialogs.length - 1]?.querySelector('.notices') ??
    document.getElementById('notices');
}

export function notify(text, {kind = 'done'} = {}) {
  const notice = element('p', {class: `notice ${kind}`},
    icon(kind === 'done' ? 'check' : 'alert'), element('span', {}, text));
  host().append(notice);
  setTimeout(() => notice.remove(), shownMilliseconds);
}
