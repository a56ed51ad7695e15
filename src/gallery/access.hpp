// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/image.hpp>
#include <imagegallery/principal.hpp>

#include <string>

namespace imagegallery {

enum class Right {
  read_bytes,    ///< Originals and previews.
  read_records,  ///< Lists, information, export, uses.
  write,
};

/// Whether the principal has the right to images of that scope. See the table at `Role`.
[[nodiscard]] bool may(const Principal& who, Scope scope, Right right) noexcept;

/// The tenant that `scope` means for the principal; empty for the system.
[[nodiscard]] const std::string& owner_of(const Principal& who, Scope scope) noexcept;

/// As `owner_of`. Throws: `permission_denied` unless the principal has the right.
const std::string& require(const Principal& who, Scope scope, Right right);

/// Throws: `permission_denied` unless the principal is a system administrator.
void require_system_admin(const Principal& who);

}  // namespace imagegallery
