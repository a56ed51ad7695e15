// SPDX-License-Identifier: Apache-2.0
#include "cache/s3_fifo_shard.hpp"

#include <iterator>

namespace imagegallery {
namespace {

constexpr int max_uses = 3;

// Overhead per entry: list node links, hash node and bucket, share of the ghosts, and allocator
// rounding. tests/cache checks it against real allocations.
constexpr std::uint64_t node_bytes = 192;

}  // namespace

std::uint64_t S3FifoShard::charge(std::string_view key, std::string_view etag) noexcept {
  return sizeof(Entry) + node_bytes + key.size() + etag.size();
}

std::optional<std::string> S3FifoShard::find(std::string_view key, SteadyTime now,
                                             SteadyTime::duration ttl) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end()) {
    ++stats_.misses;
    return std::nullopt;
  }
  const auto entry = found->second;
  if (now - entry->used_at > ttl) {
    ++stats_.misses;
    ++stats_.evictions;
    drop(entry);
    return std::nullopt;
  }
  ++stats_.hits;
  entry->used_at = now;
  if (entry->uses < max_uses) ++entry->uses;
  return entry->etag;
}

bool S3FifoShard::store(std::string_view key, std::uint64_t hash, std::string_view etag,
                        EtagCache::Ticket ticket, SteadyTime now) {
  const auto cost = charge(key, etag);
  const std::lock_guard lock(mutex_);
  if (ticket < all_void_below_ || ticket < void_below_[hash % void_below_.size()]) return false;
  if (const auto found = entries_.find(key); found != entries_.end()) drop(found->second);
  if (cost > max_bytes_) return false;
  while (bytes_ + cost > max_bytes_) evict_one();
  const bool came_back = ghosts_.contains(hash);
  auto& queue = came_back ? main_ : small_;
  queue.push_front({std::string{key}, std::string{etag}, hash, now, 0, came_back});
  try {
    entries_.emplace(queue.front().key, queue.begin());
  } catch (...) {
    queue.pop_front();
    throw;
  }
  bytes_ += cost;
  if (!came_back) small_bytes_ += cost;
  return true;
}

void S3FifoShard::invalidate(std::string_view key, std::uint64_t hash, EtagCache::Ticket ticket) {
  const std::lock_guard lock(mutex_);
  if (const auto found = entries_.find(key); found != entries_.end()) drop(found->second);
  auto& void_below = void_below_[hash % void_below_.size()];
  if (void_below < ticket) void_below = ticket;
}

void S3FifoShard::clear(EtagCache::Ticket ticket) noexcept {
  const std::lock_guard lock(mutex_);
  entries_.clear();
  small_.clear();
  main_.clear();
  ghosts_.clear();
  ghost_order_.clear();
  bytes_ = small_bytes_ = 0;
  if (all_void_below_ < ticket) all_void_below_ = ticket;
}

void S3FifoShard::add_to(EtagCacheStats& total) const {
  const std::lock_guard lock(mutex_);
  total.hits += stats_.hits;
  total.misses += stats_.misses;
  total.evictions += stats_.evictions;
  total.entries += entries_.size();
  total.bytes += bytes_;
}

void S3FifoShard::drop(Queue::iterator entry) {
  const auto cost = charge(entry->key, entry->etag);
  bytes_ -= cost;
  if (!entry->in_main) small_bytes_ -= cost;
  entries_.erase(entry->key);
  (entry->in_main ? main_ : small_).erase(entry);
}

// One step: evicts the oldest entry of a queue, or keeps it in the main queue if it was used.
void S3FifoShard::evict_one() {
  const bool from_small = !small_.empty() && (small_bytes_ > max_bytes_ / 10 || main_.empty());
  auto& queue = from_small ? small_ : main_;
  const auto oldest = std::prev(queue.end());
  if (oldest->uses == 0) {
    if (from_small) remember_ghost(oldest->hash);
    ++stats_.evictions;
    drop(oldest);
    return;
  }
  if (from_small) {
    small_bytes_ -= charge(oldest->key, oldest->etag);
    oldest->uses = 0;
    oldest->in_main = true;
  } else {
    --oldest->uses;
  }
  main_.splice(main_.begin(), queue, oldest);
}

void S3FifoShard::remember_ghost(std::uint64_t hash) {
  if (ghosts_.contains(hash)) return;
  ghost_order_.push_back(hash);
  ghosts_.insert(hash);
  while (ghost_order_.size() > main_.size() + 16) {
    ghosts_.erase(ghost_order_.front());
    ghost_order_.pop_front();
  }
}

}  // namespace imagegallery
