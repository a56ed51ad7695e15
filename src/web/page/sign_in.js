// SPDX-License-Identifier: Apache-2.0
// Signing in with an access token.

import {session} from './api.js';
import {button, element, icon, uniqueId} from './element.js';

/// The sign-in form. `done(account)` is called once the server has accepted the token.
export function signInForm({done, notice = ''}) {
  const fieldId = uniqueId('token');
  const alert = element('div', {class: 'alert-area', role: 'alert', hidden: true});
  const field = element('input', {
    id: fieldId, type: 'password', name: 'token', required: true, autocomplete: 'current-password',
    spellcheck: 'false', autocapitalize: 'none',
  });
  const submit = element('button', {type: 'submit', class: 'button primary wide'}, 'Sign in');
  const form = element('form', {class: 'sign-in-form', novalidate: true, on: {submit: signIn}},
    notice && element('p', {class: 'hint'}, notice),
    element('label', {class: 'field-label', for: fieldId}, 'Access token'),
    field, alert, submit);

  function refuse(text) {
    alert.replaceChildren(icon('alert'), element('span', {}, text));
    alert.hidden = false;
    field.setAttribute('aria-invalid', 'true');
    field.focus();
  }

  async function signIn(event) {
    event.preventDefault();
    alert.hidden = true;
    alert.replaceChildren();
    field.removeAttribute('aria-invalid');
    const token = field.value.trim();
    if (token === '') {
      refuse('Enter an access token.');
      return;
    }
    submit.disabled = true;
    try {
      const account = await session.signIn(token);
      field.value = '';
      done(account);
    } catch (error) {
      refuse(error.status === 401 ? 'This token is not valid.' : error.message);
    } finally {
      submit.disabled = false;
    }
  }
  return {form, field};
}

/// The page when signed out.
export function signInView(options) {
  const {form, field} = signInForm(options);
  const view = element('section', {class: 'sign-in', 'aria-labelledby': 'sign-in-title'},
    element('img', {class: 'sign-in-mark', src: 'favicon.svg', alt: '', width: 56, height: 56}),
    element('h1', {id: 'sign-in-title'}, 'Image gallery'),
    element('p', {class: 'hint'}, 'Sign in with the token that your administrator gave you.'),
    form);
  queueMicrotask(() => field.focus());
  return view;
}

/// "Sign out", or "Switch account" for a visitor without a token.
export function accountButton(current, {signOut, switchAccount}) {
  return current.isVisitor
    ? button({
      icon: 'account', label: 'Switch account', text: 'Switch account', kind: 'quiet',
      on: {click: switchAccount},
    })
    : button({
      icon: 'sign-out', label: 'Sign out', text: 'Sign out', kind: 'quiet', on: {click: signOut},
    });
}
