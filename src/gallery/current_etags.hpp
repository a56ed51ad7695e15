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

namespace imagegallery {

/// The ETags that images have now, as far as they are remembered, kept in agreement with the
/// storage by its change numbers: what another thread or process changed is forgotten before the
/// next answer.
///
/// An image is remembered under its tenant, key and preset, with its public key while it is public.
/// A public key is remembered as the name of that entry; as the entry repeats the public key, a
/// name that leads to a private or to another image leads nowhere.
///
/// Thread safety: every method may be called from any number of threads at once.
class CurrentEtags {
 public:
  /// `storage` outlives this object.
  CurrentEtags(const StorageBackend& storage, const GalleryOptions& options);

  /// An image's ETag; `preset` is empty for the original. Keys hold no control characters.
  [[nodiscard]] std::optional<std::string> find(std::string_view tenant, std::string_view key,
                                                std::string_view preset);
  [[nodiscard]] std::optional<std::string> find_public(std::string_view public_key,
                                                       std::string_view preset);

  /// To be taken before the record is read that `remember` is told of.
  [[nodiscard]] EtagCache::Ticket ticket() const noexcept { return cache_.ticket(); }
  void remember(const ImageRecord& record, std::string_view preset, std::string_view etag,
                EtagCache::Ticket ticket);

  /// Forgets what changed in the storage since the last call, or everything, where the storage
  /// cannot tell.
  void changed() noexcept;

  [[nodiscard]] EtagCacheStats stats() const { return cache_.stats(); }

 private:
  /// As `changed`. Throws: what the storage throws.
  void catch_up();

  void forget(std::string_view tenant, std::string_view key);

  const StorageBackend& storage_;
  const bool single_process_;
  std::vector<std::string> presets_;  // of each image's entries; "" is the original
  EtagCache cache_;
  std::atomic<std::uint64_t> seen_;  // changes up to this number are accounted for
};

}  // namespace imagegallery
