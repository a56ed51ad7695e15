// SPDX-License-Identifier: Apache-2.0
#include "http/gzip_cache.hpp"

#include <utility>

namespace imagegallery {
namespace {

constexpr std::uint64_t overhead_bytes = 256;

}  // namespace

GzipCache::Gzipped GzipCache::find_or_gzip(const std::string& name,
                                           const std::function<Gzipped()>& compress) {
  if (auto cached = find(name)) return std::move(*cached);
  auto gzipped = compress();
  store(name, gzipped);
  return gzipped;
}

std::optional<GzipCache::Gzipped> GzipCache::find(std::string_view name) {
  const std::lock_guard lock{mutex_};
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return std::nullopt;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->gzipped;
}

void GzipCache::store(const std::string& name, const Gzipped& gzipped) {
  Entries entry;
  entry.push_back({name, gzipped});
  const auto needed = charge(entry.front());
  if (needed > max_bytes_) return;
  const std::lock_guard lock{mutex_};
  // Another thread may have stored the same content in the meantime.
  if (!by_name_.emplace(entry.front().name, entry.begin()).second) return;
  entries_.splice(entries_.begin(), entry);
  bytes_ += needed;
  while (bytes_ > max_bytes_) {
    bytes_ -= charge(entries_.back());
    by_name_.erase(entries_.back().name);
    entries_.pop_back();
  }
}

std::uint64_t GzipCache::charge(const Entry& entry) {
  return overhead_bytes + entry.name.size() + (entry.gzipped ? entry.gzipped->size() : 0);
}

}  // namespace imagegallery
