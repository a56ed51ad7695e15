// SPDX-License-Identifier: Apache-2.0
// The signed-in user and the role's permissions.

import {refOf} from './api.js';

/// `account`: the response of `GET api/session`.
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

  /// Tenant users may see single images, but not the gallery.
  get mayBrowse() {
    return this.role === 'tenant_admin' || this.isSystemAdmin;
  }

  mayEdit(image) {
    return this.isSystemAdmin || !isSystemImage(image);
  }

  /// The tenant's name, such as "acme", or "System".
  get name() {
    return this.isSystemAdmin ? 'System' : this.tenant;
  }
}

export function isSystemImage(image) {
  return refOf(image.link).scope === 'system';
}
