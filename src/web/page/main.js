// SPDX-License-Identifier: Apache-2.0
// Starts the page: reads the session and shows the sign-in or the gallery.

import {apiEvents, session as sessionApi} from './api.js';
import {deleteDialog} from './delete_dialog.js';
import {editDialog} from './edit_dialog.js';
import {element} from './element.js';
import {Gallery} from './gallery.js';
import {importDialog} from './import_dialog.js';
import {Intake} from './intake.js';
import {limitsDialog} from './limits_dialog.js';
import {Masthead} from './masthead.js';
import {notify} from './notices.js';
import {watchConnection} from './offline.js';
import {cancelPick, pick} from './pick_mode.js';
import {Session} from './session.js';
import {Shortcuts} from './shortcuts.js';
import {signInDialog} from './sign_in_dialog.js';
import {signInView} from './sign_in.js';
import {loadFailed, mayNotBrowse} from './state_view.js';
import {uploadDialog} from './upload_dialog.js';
import {picking} from './url_state.js';

const main = document.getElementById('main');
const masthead = new Masthead(document.getElementById('masthead'));
let gallery = null;

function leaveGallery() {
  gallery?.stop();
  gallery = null;
  for (const dialog of document.querySelectorAll('dialog[open]')) dialog.close();
}

function show(session) {
  leaveGallery();
  if (!session.isSignedIn) {
    showSignIn();
    return;
  }
  masthead.show(session, {
    signOut,
    switchAccount: () => signInDialog(enter),
    showShortcuts: () => shortcuts.showDialog(),
    showLimits: () => limitsDialog(),
  });
  if (!session.mayBrowse) {
    main.replaceChildren(mayNotBrowse(session.user));
    return;
  }
  gallery = new Gallery({session, handlers: handlersFor(session)});
  main.replaceChildren(gallery.element);
  gallery.start();
}

function handlersFor(session) {
  const uploaded = (list) => {
    if (picking && list.length > 0) pick(list[0]);
    gallery?.reload();
  };
  return {
    upload: (files = []) => uploadDialog({files, done: uploaded}),
    importImages: (files = []) => importDialog({files, done: uploaded}),
    edit: (image) => editDialog(image, {
      session,
      changed: (now) => {
        gallery?.replace(now);
        gallery?.reload();
      },
    }),
    remove: (list) => deleteDialog(list, {
      session, removed: (gone) => gallery?.removed(gone),
    }),
    pick: picking ? pick : undefined,
    changed: () => masthead.refreshUsage(),
  };
}

function showSignIn(notice = '') {
  masthead.showNothing();
  main.replaceChildren(signInView({done: enter, notice}));
}

function enter(account) {
  show(new Session(account));
  main.focus();
}

async function signOut() {
  try {
    await sessionApi.signOut();
  } catch (error) {
    notify(error.message, {kind: 'failure'});
    return;
  }
  await begin();
}

async function begin() {
  try {
    show(new Session(await sessionApi.read()));
  } catch (error) {
    masthead.showNothing();
    main.replaceChildren(loadFailed(error, begin));
  }
}

apiEvents.addEventListener('signed-out', () => {
  if (!gallery) return;
  leaveGallery();
  showSignIn('Your session has ended. Sign in to continue.');
});

const shortcuts = new Shortcuts(() => gallery);
new Intake({
  isOpen: () => gallery !== null,
  images: (files) => gallery.handlers.upload(files),
  documents: (files) => gallery.handlers.importImages(files),
});
watchConnection(() => gallery?.start());
if (picking) {
  document.documentElement.classList.add('picking');
  document.body.prepend(element('header', {class: 'visually-hidden'},
    element('h1', {}, 'Choose an image')));
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !document.querySelector('dialog[open]')) cancelPick();
  });
}
begin();
