// SPDX-License-Identifier: Apache-2.0
// Lets a visitor without a token sign in.

import {Dialog} from './dialog.js';
import {signInForm} from './sign_in.js';

export function signInDialog(done) {
  const dialog = new Dialog({title: 'Switch account'});
  const {form, field} = signInForm({
    done: (account) => {
      dialog.close();
      done(account);
    },
  });
  dialog.form.replaceWith(dialog.form.firstChild, form);
  dialog.open();
  field.focus();
}
