// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/export.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace imagegallery {

/// Statistics of an `EtagCache`: counters since its construction, then current values.
struct EtagCacheStats {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::uint64_t evictions = 0;  ///< Entries removed because the cache was full or they expired.
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;  ///< Keys, values and bookkeeping; never above the maximum.
};

/// Caches the current ETags of images, bounded in bytes and by idle time, so that a revalidation
/// does not read the storage. Evicts by S3-FIFO (Yang et al., "FIFO queues are all you need for
/// cache eviction", SOSP 2023).
///
/// An ETag that was read from the storage before a change must not be cached after that change was
/// announced. A reader therefore takes a ticket, reads the storage, then calls `store` with the
/// ticket; `store` does nothing if the key was invalidated in between.
///
/// Thread safety: every method may be called from any number of threads at once.
class IMAGEGALLERY_EXPORT EtagCache final {
 public:
  using Ticket = std::uint64_t;

  /// `max_bytes` bounds the memory of all entries; 0 disables the cache. An entry expires
  /// `idle_ttl` after its last use. An empty `now` means `std::chrono::steady_clock::now`.
  EtagCache(std::uint64_t max_bytes, std::chrono::milliseconds idle_ttl,
            std::function<std::chrono::steady_clock::time_point()> now = {});
  EtagCache(const EtagCache&) = delete;
  EtagCache& operator=(const EtagCache&) = delete;
  ~EtagCache();

  /// The ETag cached under `key`; nullopt if absent. Counts as a use.
  [[nodiscard]] std::optional<std::string> find(std::string_view key);

  /// A ticket for `store`. Take it before reading the storage.
  [[nodiscard]] Ticket ticket() const noexcept;

  /// Caches `etag` under `key`, unless `key` was invalidated after `ticket` was taken. Returns
  /// whether it was cached.
  bool store(std::string_view key, std::string_view etag, Ticket ticket);

  /// Removes `key`, and makes older tickets invalid for it.
  void invalidate(std::string_view key);

  /// Removes all entries, and makes all older tickets invalid.
  void clear() noexcept;

  [[nodiscard]] EtagCacheStats stats() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace imagegallery
