// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/image.hpp>
#include <imagegallery/principal.hpp>

#include <string>

namespace imagegallery {

enum class Right {
  read_bytes,    ///< Originals and previews.
  read_records,  ///< Lists, information, export, references.
  write,
};

/// Whether the principal has the right to images of that scope; the table is at `Role`.
[[nodiscard]] bool may(const Principal& who, Scope scope, Right right) noexcept;

/// Whose images the principal means by `scope`: a tenant's name, or the empty one for the system.
[[nodiscard]] const std::string& owner_of(const Principal& who, Scope scope) noexcept;

/// `owner_of`, for a principal that has the right. Throws: `permission_denied`.
const std::string& require(const Principal& who, Scope scope, Right right);

/// Throws: `permission_denied` unless the principal is a system administrator.
void require_system_admin(const Principal& who);

}  // namespace imagegallery
