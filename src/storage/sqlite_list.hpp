// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/storage_backend.hpp>

#include <cstdint>
#include <vector>

#include "storage/sqlite_connection.hpp"

namespace imagegallery::sqlite {

/// As `StorageBackend::list`.
[[nodiscard]] std::vector<ImageRecord> list_images(Connection& connection,
                                                   const ListRequest& request);

/// As `StorageBackend::count`. Without a search, the cost is at most proportional to the number of
/// system images.
[[nodiscard]] std::uint64_t count_images(Connection& connection, const ListRequest& request);

}  // namespace imagegallery::sqlite
