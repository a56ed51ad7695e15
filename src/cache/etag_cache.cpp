// SPDX-License-Identifier: Apache-2.0
#include <xxhash.h>
#include <imagegallery/etag_cache.hpp>

#include <array>
#include <atomic>
#include <utility>

#include "cache/s3_fifo_shard.hpp"
#include "random_bytes.hpp"

namespace imagegallery {
namespace {

constexpr std::size_t max_shards = 16;
constexpr std::uint64_t min_bytes_to_shard = 1u << 20;

std::uint64_t random_seed() {
  std::uint64_t seed = 0;
  fill_random(std::as_writable_bytes(std::span{&seed, 1}));
  return seed;
}

}  // namespace

struct EtagCache::Impl {
  Impl(std::uint64_t max, std::chrono::milliseconds idle_ttl,
       std::function<std::chrono::steady_clock::time_point()> clock)
      : max_bytes(max), ttl(idle_ttl), now(std::move(clock)) {
    shards_used = max_bytes < min_bytes_to_shard ? 1 : max_shards;
    for (auto& shard : shards) shard.set_max_bytes(max_bytes / shards_used);
    if (!now) now = [] { return std::chrono::steady_clock::now(); };
  }

  // Random seed, so that clients cannot choose keys that collide.
  std::uint64_t hash(std::string_view key) const {
    return XXH3_64bits_withSeed(key.data(), key.size(), seed);
  }
  S3FifoShard& shard_of(std::uint64_t hash) { return shards[(hash >> 32) % shards_used]; }

  const std::uint64_t max_bytes;
  const std::chrono::milliseconds ttl;
  std::function<std::chrono::steady_clock::time_point()> now;
  const std::uint64_t seed = random_seed();
  std::size_t shards_used = 1;
  std::array<S3FifoShard, max_shards> shards;
  std::atomic<Ticket> last_ticket{1};
};

EtagCache::EtagCache(std::uint64_t max_bytes, std::chrono::milliseconds idle_ttl,
                     std::function<std::chrono::steady_clock::time_point()> now)
    : impl_(std::make_unique<Impl>(max_bytes, idle_ttl, std::move(now))) {}

EtagCache::~EtagCache() = default;

std::optional<std::string> EtagCache::find(std::string_view key) {
  if (impl_->max_bytes == 0) return std::nullopt;
  return impl_->shard_of(impl_->hash(key)).find(key, impl_->now(), impl_->ttl);
}

EtagCache::Ticket EtagCache::ticket() const noexcept { return impl_->last_ticket.load(); }

bool EtagCache::store(std::string_view key, std::string_view etag, Ticket ticket) {
  if (impl_->max_bytes == 0) return false;
  const auto hash = impl_->hash(key);
  return impl_->shard_of(hash).store(key, hash, etag, ticket, impl_->now());
}

void EtagCache::invalidate(std::string_view key) {
  if (impl_->max_bytes == 0) return;
  const auto hash = impl_->hash(key);
  impl_->shard_of(hash).invalidate(key, hash, ++impl_->last_ticket);
}

void EtagCache::clear() noexcept {
  const auto ticket = ++impl_->last_ticket;
  for (auto& shard : impl_->shards) shard.clear(ticket);
}

EtagCacheStats EtagCache::stats() const {
  EtagCacheStats total;
  for (const auto& shard : impl_->shards) shard.add_to(total);
  return total;
}

}  // namespace imagegallery
