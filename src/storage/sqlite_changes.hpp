// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/storage_backend.hpp>

#include <cstdint>

#include "storage/sqlite_connection.hpp"

namespace imagegallery::sqlite {

/// Applies one change in the connection's transaction. Throws: as documented at the change; the
/// caller must then roll back.
[[nodiscard]] ChangeResult apply_change(Connection& connection, const Change& change);

/// The newest change number.
[[nodiscard]] std::uint64_t newest_change(Connection& connection);

/// As `StorageBackend::changes_since`.
[[nodiscard]] ChangeFeed read_changes(Connection& connection, std::uint64_t after,
                                      std::uint32_t max_events);

}  // namespace imagegallery::sqlite
