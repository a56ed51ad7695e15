// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/error.hpp>
#include <imagegallery/principal.hpp>

#include <algorithm>
#include <utility>

#include "utf8.hpp"

namespace imagegallery {
namespace {

std::string checked_tenant(std::string tenant) {
  if (tenant.empty() || tenant.size() > 255 || !is_printable_utf8(tenant)) {
    throw Error(ErrorCode::invalid_argument,
                "tenant: must be 1 to 255 bytes of UTF-8 without control characters");
  }
  return tenant;
}

}  // namespace

Principal::Principal(Role role, std::string tenant, std::string user)
    : role_(role), tenant_(std::move(tenant)), user_(std::move(user)) {}

Principal Principal::tenant_admin(std::string tenant, std::string user) {
  return {Role::tenant_admin, checked_tenant(std::move(tenant)), std::move(user)};
}

Principal Principal::tenant_user(std::string tenant, std::string user) {
  return {Role::tenant_user, checked_tenant(std::move(tenant)), std::move(user)};
}

Principal Principal::system_admin(std::string user) {
  return {Role::system_admin, {}, std::move(user)};
}

Principal Principal::anonymous() { return {Role::anonymous, {}, {}}; }

}  // namespace imagegallery
