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
  using Packed = std::shared_ptr<const ByteSource>;

  /// Keeps at most so many bytes of packed content; the least recently used goes first.
  explicit GzipCache(std::uint64_t max_bytes) : max_bytes_(max_bytes) {}

  /// The packed content under `name`, else what `pack` gives, which is kept, null too. The name
  /// is of these bytes and no others, ever.
  /// Throws: what `pack` throws.
  [[nodiscard]] Packed find_or_pack(const std::string& name, const std::function<Packed()>& pack);

 private:
  struct Entry {
    std::string name;
    Packed packed;  // Null: packing does not make it smaller.
  };
  using Entries = std::list<Entry>;

  std::optional<Packed> find(std::string_view name);
  void store(const std::string& name, const Packed& packed);
  static std::uint64_t charge(const Entry& entry);

  const std::uint64_t max_bytes_;
  std::mutex mutex_;
  Entries entries_;                                        // The most recently used first.
  std::map<std::string_view, Entries::iterator> by_name_;  // The names are the entries'.
  std::uint64_t bytes_ = 0;
};

}  // namespace imagegallery
