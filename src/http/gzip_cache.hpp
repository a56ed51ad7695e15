// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace imagegallery {

/// An LRU cache of gzipped content, so that a frequently read SVG is compressed once.
///
/// Thread safety: every method may be called from any number of threads at once.
class GzipCache {
 public:
  using Gzipped = std::shared_ptr<const ByteSource>;

  /// Caches at most `max_bytes` of gzipped content; evicts the least recently used first.
  explicit GzipCache(std::uint64_t max_bytes) : max_bytes_(max_bytes) {}

  /// Returns the content cached under `name`, else the result of `compress`, which is cached even
  /// if null. A name must always denote the same bytes.
  /// Throws: any error of `compress`.
  [[nodiscard]] Gzipped find_or_gzip(const std::string& name,
                                     const std::function<Gzipped()>& compress);

 private:
  struct Entry {
    std::string name;
    Gzipped gzipped;  // Null: gzip does not make it smaller.
  };
  using Entries = std::list<Entry>;

  std::optional<Gzipped> find(std::string_view name);
  void store(const std::string& name, const Gzipped& gzipped);
  static std::uint64_t charge(const Entry& entry);

  const std::uint64_t max_bytes_;
  std::mutex mutex_;
  Entries entries_;                                        // Most recently used first.
  std::map<std::string_view, Entries::iterator> by_name_;  // Views of the entries' names.
  std::uint64_t bytes_ = 0;
};

}  // namespace imagegallery
