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

/// What a cache did so far. Counters only grow; the last two are as of now.
struct EtagCacheStats {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::uint64_t evictions = 0;  ///< For want of room or for idleness.
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;  ///< Of keys, values and bookkeeping; never above the maximum.
};

/// Remembers the current ETag of images by name, bounded in bytes and by idle time, so that a
/// revalidation needs no look at the storage. Which entry goes first is decided by S3-FIFO
/// (Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023).
///
/// An ETag that was read from the storage before a change must not be stored after that change was
/// announced. So a reader takes a ticket first, reads, then stores with the ticket: `store`
/// declines when anything about that key was invalidated since.
///
/// Thread safety: every method may be called from any number of threads at once.
class IMAGEGALLERY_EXPORT EtagCache final {
 public:
  using Ticket = std::uint64_t;

  /// `max_bytes` 0 switches the cache off: it stores nothing and finds nothing. `idle_ttl` is how
  /// long an entry lives after its last use. `now` may be empty: the steady clock.
  EtagCache(std::uint64_t max_bytes, std::chrono::milliseconds idle_ttl,
            std::function<std::chrono::steady_clock::time_point()> now = {});
  EtagCache(const EtagCache&) = delete;
  EtagCache& operator=(const EtagCache&) = delete;
  ~EtagCache();

  /// The ETag under `key`, if it is remembered. Counts as a use.
  [[nodiscard]] std::optional<std::string> find(std::string_view key);

  /// To be taken before the storage is read.
  [[nodiscard]] Ticket ticket() const noexcept;

  /// Remembers, unless `key` was invalidated after `ticket` was taken. Returns whether it did.
  bool store(std::string_view key, std::string_view etag, Ticket ticket);

  /// Forgets `key`, and makes older tickets void for it.
  void invalidate(std::string_view key);

  /// Forgets everything, and makes all older tickets void.
  void clear() noexcept;

  [[nodiscard]] EtagCacheStats stats() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace imagegallery
