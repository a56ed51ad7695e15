// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "storage/sqlite_connection.hpp"

namespace imagegallery::sqlite {

/// "IGal", in the header of the file (`PRAGMA application_id`): the file is a gallery.
inline constexpr std::int32_t application_id = 0x4947616c;

/// What leads from one version of the schema to the next: SQL that runs in the transaction of the
/// migration. The n-th migration leads to version n. What was released never changes.
[[nodiscard]] std::span<const std::string_view> migrations() noexcept;

/// Makes an empty database file a gallery and an older gallery one of the newest version, in one
/// transaction each; then puts it into WAL mode. Changes nothing where it is up to date.
/// Throws: `storage_failure` where the file is no gallery or of a newer version, naming both;
/// what SQL throws.
void bring_up_to_date(Connection& connection, std::span<const std::string_view> steps);

/// The same checks for a connection that cannot write. Throws: also `storage_failure` where the
/// gallery is older than the newest version.
void require_up_to_date(Connection& connection, std::span<const std::string_view> steps);

}  // namespace imagegallery::sqlite
