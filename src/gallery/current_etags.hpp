// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/etag_cache.hpp>
#include <imagegallery/options.hpp>
#include <imagegallery/storage_backend.hpp>

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gallery/error_reports.hpp"

namespace imagegallery {

/// A cache of the images' current ETags, kept consistent with the storage by change numbers: before
/// each lookup, entries that another thread or process has changed are invalidated.
///
/// An entry is keyed by tenant, key and preset. Its value is the ETag and, if the image is public,
/// the public key. A public key maps to the name of that entry. A lookup by public key compares it
/// with the one in the entry, so a stale mapping to a private or different image finds nothing.
///
/// Thread safety: every method may be called from any number of threads at once.
class CurrentEtags {
 public:
  /// `storage` and `reports` must outlive this object.
  CurrentEtags(const StorageBackend& storage, const GalleryOptions& options, ErrorReports& reports);

  /// The ETag of an image, if cached. `preset` is empty for the original. Keys must not contain
  /// control characters.
  [[nodiscard]] std::optional<std::string> find(std::string_view tenant, std::string_view key,
                                                std::string_view preset);
  [[nodiscard]] std::optional<std::string> find_public(std::string_view public_key,
                                                       std::string_view preset);

  /// A ticket for `store`. Take it before reading the record.
  [[nodiscard]] EtagCache::Ticket ticket() const noexcept { return cache_.ticket(); }
  void store(const ImageRecord& record, std::string_view preset, std::string_view etag,
             EtagCache::Ticket ticket);

  /// Invalidates entries that changed in the storage since the last call, or all entries if the
  /// changes cannot be read, which is reported.
  void changed() noexcept;

  [[nodiscard]] EtagCacheStats stats() const { return cache_.stats(); }

 private:
  /// As `changed`. Throws: whatever the storage throws.
  void catch_up();

  void invalidate(std::string_view tenant, std::string_view key);

  const StorageBackend& storage_;
  ErrorReports& reports_;
  const bool single_process_;
  std::vector<std::string> presets_;  // "" is the original
  EtagCache cache_;
  std::atomic<std::uint64_t> seen_;  // changes up to this number have been applied
};

}  // namespace imagegallery
