// SPDX-License-Identifier: Apache-2.0
// Asks before images are deleted, and asks again for images in use, listing their users.

import {images, previewUrl, refOf} from './api.js';
import {Dialog} from './dialog.js';
import {element} from './element.js';
import {formatCount} from './format.js';
import {notify} from './notices.js';

class DeleteDialog extends Dialog {
  constructor(list, {session, removed}) {
    super({title: list.length === 1 ? 'Delete image' : `Delete ${list.length} images`});
    this.list = list;
    this.session = session;
    this.gone = [];
    this.force = false;
    this.main = this.submitButton(
      list.length === 1 ? 'Delete' : `Delete ${formatCount(list.length, 'image')}`, 'danger');
    this.setButtons(this.main, this.cancelButton());
    this.content.append(
      element('p', {}, list.length === 1
        ? `Delete “${list[0].title}”? This cannot be undone.`
        : `Delete these ${list.length} images? This cannot be undone.`),
      this.pictures(list));
    this.onClosed = () => {
      if (this.gone.length > 0) removed(this.gone);
    };
  }

  pictures(list) {
    return element('ul', {class: 'delete-pictures', 'aria-label': 'Images to delete'},
      list.slice(0, 12).map((image) => element('li', {class: 'thumbnail'},
        element('img', {src: previewUrl(image), alt: image.title, class: 'fill'}))),
      list.length > 12 && element('li', {class: 'hint'}, `and ${list.length - 12} more`));
  }

  async submit() {
    this.clearRefusal();
    this.main.disabled = true;
    try {
      this.showResults(await images.remove(this.list, {force: this.force}));
    } catch (error) {
      this.refuse(error.message);
    } finally {
      this.main.disabled = false;
    }
  }

  /// Sorts the results into deleted, in use and failed.
  showResults(results) {
    const outcomes = this.list.map((image) => {
      const {scope, key} = refOf(image.link);
      return {image, result: results.find((one) => one.scope === scope && one.key === key) ?? {}};
    });
    // An image deleted by someone else is gone as well.
    const isGone = ({result}) => result.success || result.status === 404;
    const gone = outcomes.filter(isGone).map(({image}) => image);
    this.gone.push(...gone);
    const left = outcomes.filter((outcome) => !isGone(outcome));
    if (left.length === 0) {
      this.close();
      notify(this.gone.length === 1 ? 'Deleted' : `${this.gone.length} deleted`);
      return;
    }
    this.list = left.map(({image}) => image);
    const used = left.filter(({result}) => usersOf(result).length > 0);
    if (used.length === left.length) this.askAgain(used);
    else this.showFailed(left, gone.length);
  }

  askAgain(used) {
    this.force = true;
    this.main.textContent = 'Delete anyway';
    this.content.replaceChildren(element('ul', {class: 'used-images'}, used.map(
      ({image, result}) => element('li', {},
        element('span', {class: 'thumbnail'},
          element('img', {src: previewUrl(image), alt: '', class: 'fill'})),
        element('div', {}, element('strong', {}, image.title), usersList(usersOf(result), this.session))))));
    this.refuse(used.length === 1
      ? `“${used[0].image.title}” is in use and was not deleted. Deleting it breaks these items.`
      : `${used.length} images are in use and were not deleted. Deleting them breaks these items.`);
  }

  showFailed(left, gone) {
    this.refuse(
      gone > 0 && element('p', {}, `${formatCount(gone, 'image')} deleted.`),
      left.map(({image, result}) =>
        element('p', {}, `${image.title}: ${result.error ?? 'Could not be deleted.'}`)));
  }
}

/// `references` is grouped by entity type.
function usersOf({references}) {
  return Object.entries(references ?? {}).flatMap(([entityType, list]) =>
    list.map((one) => ({entityType, ...one})));
}

/// The tenant is shown to system administrators only.
function usersList(users, session) {
  return element('ul', {class: 'users'}, users.map((user) => {
    const type = user.entityType.toLowerCase().replaceAll('_', ' ');
    const name = user.name || user.id.id;
    const {tenant} = user;
    return element('li', {}, element('span', {class: 'user-type'}, type), ` ${name}`,
      session.isSystemAdmin && tenant && element('span', {class: 'hint'}, ` (${tenant})`));
  }));
}


/// `removed(images)` is called on closing with the deleted images.
export function deleteDialog(list, options) {
  new DeleteDialog(list, options).open();
}
