// SPDX-License-Identifier: Apache-2.0
// The details of one image: name, visibility, links, and replacing its bytes.

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
          'This is a system image. Everyone can use it; only system administrators can change it.'),
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
      one('link', 'Copy image link', () => this.copy(urlOf(this.image.link), 'Link')));
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

  /// Refreshes the image, which may have changed since the gallery read it. A name being edited is
  /// kept together with its original record, so that saving detects the conflict.
  async readRecord() {
    try {
      const image = await images.info(this.image);
      if (this.name.value === this.image.title) this.setImage(image);
    } catch (error) {
      this.refuse(messageFor(error));
    }
  }

  /// Shows the server's current image. `keepName`: keeps a name that the user has edited.
  setImage(image, {keepName = false} = {}) {
    const isEdited = this.name.value !== this.image.title;
    this.image = image;
    if (!keepName || !isEdited) this.name.value = image.title;
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
      ? 'Anyone with the link can see it.' : 'Only signed-in users can see it.';
    this.links.replaceChildren(
      ...(image.publicLink ? [this.snippet('Shareable link', addressOf(image))] : []),
      this.snippet('HTML', htmlSnippet(image)), this.snippet('Markdown', markdownSnippet(image)));
  }

  /// Shows the preview first, then the image itself if the browser supports its format.
  showPicture() {
    if (this.shownEtag === this.image.descriptor.etag) return;
    this.shownEtag = this.image.descriptor.etag;
    const preview = element('img', {alt: this.image.title, src: previewUrl(this.image)});
    preview.addEventListener('error', () => preview.replaceWith(icon('image')));
    this.picture.replaceChildren(preview);
    const full = element('img', {alt: this.image.title, src: contentUrl(this.image)});
    full.decode().then(() => preview.replaceWith(full), () => {});
  }

  snippet(label, text) {
    const copy = button({
      icon: 'copy', label: `Copy ${label === 'Shareable link' ? 'shareable link' : label}`, kind: 'quiet',
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
      notify(`${what} copied`);
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
      notify('No changes');
      return;
    }
    await this.rename(title);
  }

  async rename(title) {
    this.save.disabled = true;
    await this.change(async () => {
      this.setImage(await images.rename(this.image, title));
      notify('Name saved');
    });
    this.save.disabled = false;
  }

  async setPublic(isPublic) {
    this.public.disabled = true;
    await this.change(async () =>
      this.setImage(await images.setPublic(this.image, isPublic), {keepName: true}));
    this.public.checked = this.image.public;
    this.public.disabled = false;
  }

  /// `run` changes the image on the server, with the shown record as precondition.
  async change(run) {
    this.clearRefusal();
    try {
      await run();
      this.changed(this.image);
    } catch (error) {
      if (error.status === 412) await this.showConflict(() => this.change(run));
      else this.refuse(messageFor(error));
    }
  }

  /// Shows a concurrent change and lets the user decide.
  async showConflict(again) {
    try {
      this.setImage(await images.info(this.image), {keepName: true});
    } catch (error) {
      this.refuse(messageFor(error));
      return;
    }
    this.changed(this.image);
    const choice = (text, run) => element('button', {
      type: 'button', class: 'button', on: {click: () => {
        this.clearRefusal();
        run();
      }},
    }, text);
    this.refuse(
      element('p', {}, 'Someone else has changed this image since you opened it. Its name is now ' +
        `“${this.image.title}”. Your change was not saved.`),
      element('div', {class: 'alert-actions'},
        choice('Use theirs', () => this.setImage(this.image)), choice('Keep mine', again)));
  }

  update() {
    updateDialog(this.image, (image) => {
      this.setImage(image, {keepName: true});
      this.changed(image);
    });
  }
}

const messageFor = (error) =>
  (error.status === 404 ? 'This image has been deleted.' : error.message);

/// `changed(image)` is called after each change, while the dialog stays open.
export function editDialog(image, options) {
  const dialog = new EditDialog(image, options);
  dialog.open();
  // On a phone the keyboard would cover the picture.
  if (matchMedia('(hover: hover)').matches) dialog.name.focus();
  dialog.readRecord();
}
