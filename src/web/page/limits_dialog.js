// SPDX-License-Identifier: Apache-2.0
// Shows and sets a tenant's limits, for system administrators.

import {limits} from './api.js';
import {Dialog, field} from './dialog.js';
import {element} from './element.js';
import {formatBytes, formatCount} from './format.js';
import {notify} from './notices.js';

const mebibyte = 1024 * 1024;

class LimitsDialog extends Dialog {
  constructor() {
    super({title: 'Tenant limits'});
    this.tenant = element('input', {type: 'text', autocomplete: 'off', spellcheck: 'false'});
    this.show = element('button', {
      type: 'button', class: 'button', on: {click: () => this.read()},
    }, 'Show limits');
    this.usage = element('p', {class: 'hint', role: 'status'});
    const megabytes = () => element('input', {type: 'number', min: 0, step: 'any'});
    this.maxImage = megabytes();
    this.maxTotal = megabytes();
    this.fields = element('div', {hidden: true},
      field('Largest image, in MB', this.maxImage, {
        hint: 'Empty: gallery default. 0: no limit.',
      }),
      field('All images together, in MB', this.maxTotal, {
        hint: 'Empty: gallery default. 0: no limit.',
      }));
    this.content.append(
      element('div', {class: 'field-with-button'}, field('Tenant', this.tenant), this.show),
      this.usage, this.fields);
    this.save = this.submitButton('Save');
    this.save.hidden = true;
    this.setButtons(this.save, this.cancelButton());
    this.tenant.addEventListener('input', () => this.hideLimits());
  }

  hideLimits() {
    this.shown = null;
    this.fields.hidden = true;
    this.save.hidden = true;
    this.usage.textContent = '';
    this.clearRefusal();
  }

  async read() {
    const tenant = this.tenant.value.trim();
    if (tenant === '') {
      this.refuse('Enter the name of a tenant.');
      return;
    }
    this.hideLimits();
    try {
      this.showLimits(tenant, await limits.read(tenant));
    } catch (error) {
      this.refuse(error.message);
    }
  }

  showLimits(tenant, value) {
    this.shown = tenant;
    this.maxImage.value = inMegabytes(value.own.maxImageBytes);
    this.maxTotal.value = inMegabytes(value.own.maxTotalBytes);
    const limit = (bytes) => (bytes === 0 ? 'no limit' : formatBytes(bytes));
    this.usage.textContent =
      `${tenant} stores ${formatCount(value.images, 'image')}, ${formatBytes(value.bytes)}. ` +
      `Limits: ${limit(value.maxImageBytes)} per image, ${limit(value.maxTotalBytes)} in total.`;
    this.fields.hidden = false;
    this.save.hidden = false;
    this.maxImage.focus();
  }

  async submit() {
    if (!this.shown) {
      await this.read();
      return;
    }
    this.clearRefusal();
    if (!this.maxImage.validity.valid || !this.maxTotal.validity.valid) {
      this.refuse('A limit must be a number of megabytes, 0 or more.');
      return;
    }
    try {
      await limits.write(this.shown, {
        maxImageBytes: inBytes(this.maxImage.value), maxTotalBytes: inBytes(this.maxTotal.value),
      });
      this.close();
      notify(`Limits of ${this.shown} saved`);
    } catch (error) {
      this.refuse(error.message);
    }
  }
}

const inMegabytes = (bytes) =>
  (bytes === null ? '' : String(Number((bytes / mebibyte).toFixed(6))));
const inBytes = (text) => (text.trim() === '' ? null : Math.round(Number(text) * mebibyte));

export function limitsDialog() {
  const dialog = new LimitsDialog();
  dialog.open();
  dialog.tenant.focus();
}
