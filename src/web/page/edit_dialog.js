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

  /// The image may have changed since the gallery read it. What the user writes already stays, and
  /// so does the record that it was written against: saving then tells of the other change.
  async readRecord() {
    try {
      const image = await images.info(this.image);
      if (this.name.value === this.image.title) this.take(image);
    } catch (error) {
      this.refuse(goneOr(error));
    }
  }

  /// The image as the server has it now. `keepName`: a name that the user has written stays.
  take(image, {keepName = false} = {}) {
    const isWritten = this.name.value !== this.image.title;
    this.image = image;
    if (!keepName || !isWritten) this.name.value = image.title;
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
      ...(image.publicLink ? [this.snippet('Shareable link', addressOf(image))] : []),
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
    await this.change(async () => {
      this.take(await images.rename(this.image, title));
      notify('The name is saved');
    });
    this.save.disabled = false;
  }

  async setPublic(isPublic) {
    this.public.disabled = true;
    await this.change(async () =>
      this.take(await images.setPublic(this.image, isPublic), {keepName: true}));
    this.public.checked = this.image.public;
    this.public.disabled = false;
  }

  /// `run` changes the image on the server, where it is still what is shown here.
  async change(run) {
    this.clearRefusal();
    try {
      await run();
      this.changed(this.image);
    } catch (error) {
      if (error.status === 412) await this.tellConflict(() => this.change(run));
      else this.refuse(goneOr(error));
    }
  }

  /// Somebody else was faster: shows what they did and lets the user decide.
  async tellConflict(again) {
    try {
      this.take(await images.info(this.image), {keepName: true});
    } catch (error) {
      this.refuse(goneOr(error));
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
      element('p', {}, 'Somebody else has changed this image since you opened it. Its name is now ' +
        `“${this.image.title}”. Your change was not written.`),
      element('div', {class: 'alert-actions'},
        choice('Take theirs', () => this.take(this.image)), choice('Keep mine', again)));
  }

  update() {
    updateDialog(this.image, (image) => {
      this.take(image, {keepName: true});
      this.changed(image);
    });
  }
}

const goneOr = (error) =>
  (error.status === 404 ? 'This image was deleted meanwhile.' : error.message);

/// `changed(image)` is called after each change, while the dialog stays open.
export function editDialog(image, options) {
  const dialog = new EditDialog(image, options);
  dialog.open();
  // On a phone the keyboard would cover the picture before anything was seen.
  if (matchMedia('(hover: hover)').matches) dialog.name.focus();
  dialog.readRecord();
}
