// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "storage/sqlite_connection.hpp"

namespace imagegallery::sqlite {

/// "IGal", the `PRAGMA application_id` that marks a file as a gallery.
inline constexpr std::int32_t application_id = 0x4947616c;

/// SQL of each schema migration, run in its transaction. The n-th one migrates to version n.
/// Released migrations never change.
[[nodiscard]] std::span<const std::string_view> migrations() noexcept;

/// Creates the schema in an empty database file, or migrates an older gallery to the newest
/// version, in one transaction; then sets WAL mode. Does nothing if up to date.
/// Throws: `storage_failure` if the file is not a gallery or its version is newer (the message
/// names both versions); what SQL throws.
void migrate(Connection& connection, std::span<const std::string_view> steps);

/// The same checks for a read-only connection. Throws: also `storage_failure` if the gallery needs
/// a migration.
void require_current_version(Connection& connection, std::span<const std::string_view> steps);

}  // namespace imagegallery::sqlite
