// SPDX-License-Identifier: Apache-2.0
// Who uses the page, and what that role may do.

import {refOf} from './api.js';

/// `account`: what `GET api/session` tells.
export class Session {
  constructor(account) {
    this.role = account.role;
    this.tenant = account.tenant ?? '';
    this.user = account.user ?? '';
    this.isVisitor = Boolean(account.visitor);
  }

  get isSignedIn() {
    return this.role !== 'anonymous';
  }

  get isSystemAdmin() {
    return this.role === 'system_admin';
  }

  /// A tenant's users see images that they are shown, not the gallery.
  get mayBrowse() {
    return this.role === 'tenant_admin' || this.isSystemAdmin;
  }

  mayEdit(image) {
    return this.isSystemAdmin || !isSystemImage(image);
  }

  /// Such as "acme" or "System".
  get name() {
    return this.isSystemAdmin ? 'System' : this.tenant;
  }
}

export function isSystemImage(image) {
  return refOf(image.link).scope === 'system';
}
