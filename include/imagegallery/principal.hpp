// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/export.hpp>

#include <string>

namespace imagegallery {

/// The rights of a principal. Write access includes read access.
///
/// |               | own tenant's images | system images | list, info, export |
/// |---------------|---------------------|---------------|--------------------|
/// | anonymous     | -                   | -             | -                  |
/// | tenant_user   | read bytes          | read bytes    | -                  |
/// | tenant_admin  | read, write         | read          | yes                |
/// | system_admin  | -                   | read, write   | yes                |
///
/// Anyone who knows the public key of a public image can read it.
enum class Role { anonymous, tenant_user, tenant_admin, system_admin };

/// The caller of an operation. The host authenticates it; the gallery authorises it.
class IMAGEGALLERY_EXPORT Principal {
 public:
  /// `tenant` must be 1 to 255 bytes of UTF-8 without control characters.
  /// Throws: `invalid_argument` if it is not.
  [[nodiscard]] static Principal tenant_admin(std::string tenant, std::string user = {});
  [[nodiscard]] static Principal tenant_user(std::string tenant, std::string user = {});
  [[nodiscard]] static Principal system_admin(std::string user = {});
  [[nodiscard]] static Principal anonymous();

  [[nodiscard]] Role role() const noexcept { return role_; }

  /// The tenant's name; empty for a system administrator and for anonymous.
  [[nodiscard]] const std::string& tenant() const noexcept { return tenant_; }

  /// The host's name for the person or program; appears in events as `Event::actor`. May be empty.
  [[nodiscard]] const std::string& user() const noexcept { return user_; }

  friend bool operator==(const Principal&, const Principal&) = default;

 private:
  Principal(Role role, std::string tenant, std::string user);

  Role role_;
  std::string tenant_;
  std::string user_;
};

}  // namespace imagegallery
