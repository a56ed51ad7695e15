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

/// Keeps what was compressed lately, so that a much-read SVG is compressed once.
///
/// Thread safety: every method may be called from any number of threads at once.
class GzipCache {
 public:
  using Gzipped = std::shared_ptr<const ByteSource>;

  /// Keeps at most so many bytes of gzipped content; the least recently used goes first.
  explicit GzipCache(std::uint64_t max_bytes) : max_bytes_(max_bytes) {}

  /// The gzipped content under `name`, else what `pack` gives, which is kept, null too. The name
  /// is of these bytes and no others, ever.
  /// Throws: what `pack` throws.
  [[nodiscard]] Gzipped find_or_gzip(const std::string& name, const std::function<Gzipped()>& pack);

 private:
  struct Entry {
    std::string name;
    Gzipped gzipped;  // Null: packing does not make it smaller.
  };
  using Entries = std::list<Entry>;

  std::optional<Gzipped> find(std::string_view name);
  void store(const std::string& name, const Gzipped& gzipped);
  static std::uint64_t charge(const Entry& entry);

  const std::uint64_t max_bytes_;
  std::mutex mutex_;
  Entries entries_;                                        // The most recently used first.
  std::map<std::string_view, Entries::iterator> by_name_;  // The names are the entries'.
  std::uint64_t bytes_ = 0;
};

}  // namespace imagegallery
