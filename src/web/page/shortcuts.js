// SPDX-License-Identifier: Apache-2.0
// Single-key shortcuts. They can be disabled, for speech input (WCAG 2.1.4).

import {Dialog} from './dialog.js';
import {element} from './element.js';
import {recall, remember} from './preferences.js';

const keys = {
  '/': ['Search', (gallery) => gallery.toolbar.search.focus()],
  u: ['Upload images', (gallery) => gallery.handlers.upload()],
  i: ['Import images', (gallery) => gallery.handlers.importImages()],
  l: ['List view', (gallery) => gallery.change({view: 'list', page: 0})],
  g: ['Grid view', (gallery) => gallery.change({view: 'grid', page: 0})],
  r: ['Refresh', (gallery) => gallery.reload()],
};

const gridKeys = [
  ['Arrow keys', 'Move in the grid'],
  ['Enter', 'Edit the image'],
  ['Space', 'Select the image'],
  ['Delete', 'Delete the image'],
];

export class Shortcuts {
  /// `gallery()` returns the current gallery, if any.
  constructor(gallery) {
    this.gallery = gallery;
    this.on = recall('shortcuts', 'on') === 'on';
    addEventListener('keydown', (event) => this.onKey(event));
  }

  onKey(event) {
    const gallery = this.gallery();
    if (!gallery || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector('dialog[open]')) return;
    if (event.target.closest('input:not([type=checkbox]), select, textarea')) return;
    if (!this.on) return;
    if (event.key === '?') this.showDialog();
    else if (keys[event.key]) keys[event.key][1](gallery);
    else return;
    event.preventDefault();
  }

  showDialog() {
    const dialog = new Dialog({title: 'Keyboard shortcuts'});
    const toggle = element('input', {
      type: 'checkbox', role: 'switch', class: 'switch', on: {change: () => {
        this.on = toggle.checked;
        remember('shortcuts', this.on ? 'on' : 'off');
      }},
    });
    toggle.checked = this.on;
    const rows = [...Object.entries(keys).map(([key, [text]]) => [key, text]),
      ['?', 'Show these shortcuts'], ...gridKeys];
    dialog.content.append(
      element('label', {class: 'switch-label'}, toggle, element('span', {}, 'Use single keys')),
      element('dl', {class: 'shortcuts'}, rows.map(([key, text]) => element('div', {},
        element('dt', {}, element('kbd', {}, key)), element('dd', {}, text)))));
    dialog.setButtons(element('button', {
      type: 'button', class: 'button primary', on: {click: () => dialog.close()},
    }, 'Done'));
    dialog.open();
  }
}
