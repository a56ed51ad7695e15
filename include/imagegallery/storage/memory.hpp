// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/storage_backend.hpp>

#include <memory>

namespace imagegallery {

/// A storage in this process's memory, gone with the object: for tests, tools and kiosks that are
/// filled at their start. Nothing of it is durable.
[[nodiscard]] IMAGEGALLERY_EXPORT std::unique_ptr<StorageBackend> open_memory();

}  // namespace imagegallery
