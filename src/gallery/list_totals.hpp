// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/storage_backend.hpp>

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace imagegallery {

/// Caches the number of images of each list until anything changes in the storage, so that paging
/// through a long search counts only once.
///
/// Thread safety: `count` may be called from any number of threads at once.
class ListTotals {
 public:
  explicit ListTotals(const StorageBackend& storage) : storage_(storage) {}

  /// The number of images on all pages. Throws: whatever the storage throws.
  [[nodiscard]] std::uint64_t count(const ListRequest& request);

 private:
  const StorageBackend& storage_;
  std::mutex mutex_;
  std::uint64_t sequence_ = 0;  // the storage's change number when `totals_` were counted
  std::map<std::string, std::uint64_t> totals_;
};

}  // namespace imagegallery
