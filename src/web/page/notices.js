// SPDX-License-Identifier: Apache-2.0
// Transient messages, announced by screen readers. They must not repeat image names or counts as
// the page shows them, or texts would briefly appear twice.

import {element, icon} from './element.js';

const shownMilliseconds = 5000;

/// In the topmost open dialog, since everything else is inert while it is open.
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
