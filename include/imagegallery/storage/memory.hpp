// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/storage_backend.hpp>

#include <memory>

namespace imagegallery {

/// Returns an empty storage in this process's memory. Nothing is durable: all content is lost when
/// the storage is destroyed. For tests, tools and kiosks that load their images at startup.
[[nodiscard]] IMAGEGALLERY_EXPORT std::unique_ptr<StorageBackend> open_memory();

}  // namespace imagegallery
