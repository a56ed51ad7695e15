// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/storage_backend.hpp>

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace imagegallery {

/// How many images each list has, remembered until anything changes in the storage: paging through
/// a long search counts once.
///
/// Thread safety: `count` may be called from any number of threads at once.
class ListTotals {
 public:
  explicit ListTotals(const StorageBackend& storage) : storage_(storage) {}

  /// The images of all pages. Throws: what the storage throws.
  [[nodiscard]] std::uint64_t count(const ListRequest& request);

 private:
  const StorageBackend& storage_;
  std::mutex mutex_;
  std::uint64_t sequence_ = 0;  // of the storage, when `totals_` were counted
  std::map<std::string, std::uint64_t> totals_;
};

}  // namespace imagegallery
