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

/// A part of an ETag cache with its own lock: an S3-FIFO of bounded bytes.
///
/// Newcomers enter a small queue, a tenth of the room. What was used again when it reaches that
/// queue's end moves to the main queue; the rest leaves, and a ghost queue keeps its hash. What
/// comes back while its ghost is there enters the main queue at once. In the main queue each use,
/// up to three, buys an entry another round.
///
/// Thread safety: every method may be called from any number of threads at once.
class S3FifoShard {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  void set_max_bytes(std::uint64_t bytes) { max_bytes_ = bytes; }

  std::optional<std::string> find(std::string_view key, SteadyTime now, SteadyTime::duration ttl);

  /// `hash` is that of `key`, here and in `invalidate`.
  bool store(std::string_view key, std::uint64_t hash, std::string_view etag,
             EtagCache::Ticket ticket, SteadyTime now);

  /// Tickets below `ticket` are void for `key`, or for every key.
  void invalidate(std::string_view key, std::uint64_t hash, EtagCache::Ticket ticket);
  void clear(EtagCache::Ticket ticket) noexcept;

  void add_to(EtagCacheStats& total) const;

  /// What an entry counts for.
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
  std::unordered_map<std::string_view, Queue::iterator> entries_;  // keys live in the list nodes
  Queue small_;
  Queue main_;
  std::unordered_set<std::uint64_t> ghosts_;
  std::deque<std::uint64_t> ghost_order_;
  std::uint64_t bytes_ = 0;
  std::uint64_t small_bytes_ = 0;
  // The newest void ticket by hash. Of fixed size: two keys in one slot only make a store decline
  // that need not.
  std::array<EtagCache::Ticket, 256> void_below_{};
  EtagCache::Ticket all_void_below_ = 0;
  EtagCacheStats stats_;
};

}  // namespace imagegallery
