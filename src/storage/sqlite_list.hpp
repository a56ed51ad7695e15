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

/// As `StorageBackend::count`. Without a search it costs no more than there are system images that
/// the tenant might hide.
[[nodiscard]] std::uint64_t count_images(Connection& connection, const ListRequest& request);

}  // namespace imagegallery::sqlite
