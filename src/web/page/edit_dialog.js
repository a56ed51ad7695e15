// SPDX-License-Identifier: Apache-2.0
// Everything about one image: its name, who may see it, its links, and new bytes for it.

import {contentUrl, images, previewUrl, urlOf} from './api.js';
import {Dialog, field} from './dialog.js';
import {button, element, icon, uniqueId} from './element.js';
import {formatBytes, formatResolution, formatTime} from './format.js';
import {downloadImage, exportImage} from './image_actions.js';
import {notify} from './notices.js';
import {isSystemImage} from './session.js';
import {addressOf, copyText, htmlSnippet, markdownSnippet} from './snippets.js';
import {updateDialog} from './update_dialog.js';

class EditDialog extends Dialog {
  constructor(image, {session, changed}) {
    super({title: 'Edit image', wide: true});
    this.image = image;
    this.changed = changed;
    this.mayEdit = session.mayEdit(image);
    this.name = element('input', {
      type: 'text', value: image.title, maxlength: 255, autocomplete: 'off',
      readonly: !this.mayEdit,
    });
    this.picture = element('div', {class: 'edit-picture thumbnail'});
    this.facts = element('dl', {class: 'facts'});
    this.links = element('div', {class: 'links'});
    this.content.append(
      this.picture,
      element('div', {class: 'edit-details'},
        !this.mayEdit && element('p', {class: 'hint read-only'},
          'This is a system image: everybody may use it, system administrators change it.'),
        field('Name', this.name), this.facts, this.visibility(), this.links),
      this.imageButtons());
    this.save = this.submitButton('Save');
    if (this.mayEdit) this.setButtons(this.save, this.cancelButton());
    else this.setButtons(this.cancelButton());
    this.showImage();
  }

  imageButtons() {
    const one = (name, label, run) => button({
      icon: name, label, text: label, on: {click: run},
    });
    return element('div', {class: 'edit-buttons'},
      this.mayEdit && one('upload', 'Update image', () => this.update()),
      one('download', 'Download image', () => downloadImage(this.image)),
      one('export', 'Export image', () => exportImage(this.image)),
      one('link', 'Copy image link', () => this.copy(urlOf(this.image.link), 'The link')));
  }

  visibility() {
    const hintId = uniqueId('public-hint');
    this.public = element('input', {
      type: 'checkbox', role: 'switch', class: 'switch', disabled: !this.mayEdit,
      'aria-describedby': hintId, on: {change: () => this.setPublic(this.public.checked)},
    });
    this.publicHint = element('span', {class: 'hint', id: hintId});
    return element('div', {class: 'visibility'},
      element('label', {class: 'switch-label'}, this.public, element('span', {}, 'Public')),
      this.publicHint);
  }

  /// Reads the record as it is now: its ETag guards what is changed here.
  async readRecord() {
    try {
      const {image, etag} = await images.info(this.image);
      this.etag = etag;
      this.take(image, {keepName: this.name.value !== this.image.title});
    } catch (error) {
      this.refuse(error.status === 404 ? 'This image was deleted meanwhile.' : error.message);
    }
  }

  /// The image as the server has it now.
  take(image, {keepName = false} = {}) {
    this.image = image;
    if (!keepName) this.name.value = image.title;
    this.showImage();
  }

  showImage() {
    const {image} = this;
    const {descriptor} = image;
    this.showPicture();
    const fact = (term, value) => [element('dt', {}, term), element('dd', {}, value)];
    this.facts.replaceChildren(...[
      fact('Resolution', formatResolution(descriptor)),
      fact('Size', formatBytes(descriptor.size)),
      fact('Type', descriptor.mediaType),
      fact('Created', formatTime(image.createdTime)),
      fact('Key', image.resourceKey),
      isSystemImage(image) ? fact('Owner', 'System') : [],
    ].flat());
    this.public.checked = image.public;
    this.publicHint.textContent = image.public
      ? 'Everybody who has the link can see it.' : 'Only who is signed in can see it.';
    this.links.replaceChildren(
      ...(image.publicLink ? [this.snippet('Public link', addressOf(image))] : []),
      this.snippet('HTML', htmlSnippet(image)), this.snippet('Markdown', markdownSnippet(image)));
  }

  /// The preview at once, then the image itself, where the browser can show its format.
  showPicture() {
    if (this.shownEtag === this.image.descriptor.etag) return;
    this.shownEtag = this.image.descriptor.etag;
    const preview = element('img', {alt: this.image.title, src: previewUrl(this.image)});
    preview.addEventListener('error', () => preview.replaceWith(icon('image')));
    this.picture.replaceChildren(preview);
    const whole = element('img', {alt: this.image.title, src: contentUrl(this.image)});
    whole.decode().then(() => preview.replaceWith(whole), () => {});
  }

  snippet(label, text) {
    const copy = button({
      icon: 'copy', label: `Copy ${label === 'Public link' ? 'public link' : label}`, kind: 'quiet',
      on: {click: () => this.copy(text, label)},
    });
    const output = element('input', {
      type: 'text', readonly: true, value: text, class: 'snippet',
      on: {focus: () => output.select()},
    });
    return element('div', {class: 'snippet-row'}, field(label, output), copy);
  }

  async copy(text, what) {
    try {
      await copyText(text);
      notify(`${what} is copied`);
    } catch (error) {
      this.refuse(error.message);
    }
  }

  async submit() {
    this.clearRefusal();
    if (!this.mayEdit) return;
    const title = this.name.value.trim();
    if (title === '') {
      this.refuse('Enter a name.');
      this.name.focus();
      return;
    }
    if (title === this.image.title) {
      notify('Nothing has changed');
      return;
    }
    await this.rename(title);
  }

  async rename(title) {
    this.save.disabled = true;
    try {
      await this.reading;
      const image = await images.rename(this.image, title, this.etag);
      this.take(image);
      this.changed(image);
      notify('The name is saved');
      this.reading = this.readRecord();
    } catch (error) {
      if (error.status === 412) await this.tellConflict(title);
      else this.refuse(error.message);
    } finally {
      this.save.disabled = false;
    }
  }

  /// Somebody else was faster: shows what they did and lets the user decide.
  async tellConflict(mine) {
    let current;
    try {
      current = await images.info(this.image);
    } catch (error) {
      this.refuse(error.status === 404 ? 'This image was deleted meanwhile.' : error.message);
      return;
    }
    const choice = (text, run) => element('button', {
      type: 'button', class: 'button', on: {click: () => {
        this.clearRefusal();
        this.etag = current.etag;
        run();
      }},
    }, text);
    this.take(current.image, {keepName: true});
    this.changed(current.image);
    this.refuse(
      element('p', {}, 'Somebody else has changed this image since you opened it. Its name is now ' +
        `“${current.image.title}”; yours was not written.`),
      element('div', {class: 'alert-actions'},
        choice('Take theirs', () => this.take(current.image)),
        choice('Keep mine', () => this.rename(mine))));
  }

  async setPublic(isPublic) {
    this.clearRefusal();
    this.public.disabled = true;
    try {
      const image = await images.setPublic(this.image, isPublic);
      this.take(image, {keepName: this.name.value !== this.image.title});
      this.changed(image);
      this.reading = this.readRecord();
    } catch (error) {
      this.public.checked = this.image.public;
      this.refuse(error.message);
    } finally {
      this.public.disabled = false;
    }
  }

  update() {
    updateDialog(this.image, (image) => {
      this.take(image, {keepName: this.name.value !== this.image.title});
      this.changed(image);
      this.reading = this.readRecord();
    });
  }
}

/// `changed(image)` is called after each change, while the dialog stays open.
export function editDialog(image, options) {
  const dialog = new EditDialog(image, options);
  dialog.open();
  dialog.name.focus();
  dialog.reading = dialog.readRecord();
}
