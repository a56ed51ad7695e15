// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/etag_cache.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace imagegallery {

/// A shard of an ETag cache with its own lock: an S3-FIFO of bounded bytes.
///
/// New entries enter a small queue with a tenth of the space. At its end, entries that were used
/// move to the main queue; the rest are evicted, and a ghost queue keeps their hashes. A key whose
/// hash is still in the ghost queue enters the main queue directly. In the main queue each use, up
/// to three, saves an entry from one eviction.
///
/// Thread safety: every method may be called from any number of threads at once.
class S3FifoShard {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  void set_max_bytes(std::uint64_t bytes) { max_bytes_ = bytes; }

  std::optional<std::string> find(std::string_view key, SteadyTime now, SteadyTime::duration ttl);

  /// `hash` is the hash of `key`, here and in `invalidate`.
  bool store(std::string_view key, std::uint64_t hash, std::string_view etag,
             EtagCache::Ticket ticket, SteadyTime now);

  /// Invalidates tickets below `ticket` for `key`, or for every key.
  void invalidate(std::string_view key, std::uint64_t hash, EtagCache::Ticket ticket);
  void clear(EtagCache::Ticket ticket) noexcept;

  void add_to(EtagCacheStats& total) const;

  /// Bytes that an entry counts for.
  [[nodiscard]] static std::uint64_t charge(std::string_view key, std::string_view etag) noexcept;

 private:
  struct Entry {
    std::string key;
    std::string etag;
    std::uint64_t hash = 0;
    SteadyTime used_at;
    int uses = 0;
    bool in_main = false;
  };
  using Queue = std::list<Entry>;

  void drop(Queue::iterator entry);
  void evict_one();
  void remember_ghost(std::uint64_t hash);

  mutable std::mutex mutex_;
  std::uint64_t max_bytes_ = 0;
  std::unordered_map<std::string_view, Queue::iterator> entries_;  // Keys view the list nodes.
  Queue small_;
  Queue main_;
  std::unordered_set<std::uint64_t> ghosts_;
  std::deque<std::uint64_t> ghost_order_;
  std::uint64_t bytes_ = 0;
  std::uint64_t small_bytes_ = 0;
  // The oldest valid ticket by hash. Fixed size: a collision only makes `store` decline
  // needlessly.
  std::array<EtagCache::Ticket, 256> void_below_{};
  EtagCache::Ticket all_void_below_ = 0;
  EtagCacheStats stats_;
};

}  // namespace imagegallery
