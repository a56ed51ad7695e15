// SPDX-License-Identifier: Apache-2.0
#include "gallery/access.hpp"

#include <imagegallery/error.hpp>

namespace imagegallery {
namespace {

const std::string system_tenant;

[[noreturn]] void deny() {
  throw Error(ErrorCode::permission_denied, "You don't have permission to perform this operation!");
}

}  // namespace

bool may(const Principal& who, Scope scope, Right right) noexcept {
  switch (who.role()) {
    case Role::anonymous:
      return false;
    case Role::tenant_user:
      return right == Right::read_bytes;
    case Role::tenant_admin:
      return scope == Scope::tenant || right != Right::write;
    case Role::system_admin:
      return true;  // both scopes mean the system
  }
  return false;
}

const std::string& owner_of(const Principal& who, Scope scope) noexcept {
  return scope == Scope::system ? system_tenant : who.tenant();
}

const std::string& require(const Principal& who, Scope scope, Right right) {
  if (!may(who, scope, right)) deny();
  return owner_of(who, scope);
}

void require_system_admin(const Principal& who) {
  if (who.role() != Role::system_admin) deny();
}

}  // namespace imagegallery
