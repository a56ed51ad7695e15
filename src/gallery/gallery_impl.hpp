// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/gallery.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gallery/access.hpp"
#include "gallery/current_etags.hpp"
#include "gallery/decode_slots.hpp"
#include "gallery/list_totals.hpp"

namespace imagegallery {

/// Content that is in the storage, or was before, but that no image holds yet on its behalf.
struct IngestedContent {
  ContentId content;
  ContentDescriptor descriptor;
  std::uint32_t frames = 1;
  bool has_alpha = false;
  std::vector<PreviewRecord> previews;
  bool is_shared = false;  ///< Another image of the tenant has the same content.

  void give_to(ImageRecord& record) const;
};

/// What a new image is to be, but for its content. Every field is checked already.
struct NewImage {
  std::string tenant;
  std::string key;         ///< Empty: the file name.
  bool exact_key = false;  ///< `conflict` rather than a numbered key.
  std::string title;       ///< Empty: the file name.
  std::string file_name;   ///< Empty: "image" with the usual extension of its format.
  ImageSubType sub_type = ImageSubType::image;
  bool is_public = false;
  std::string public_key;  ///< Empty: a random one.
  std::string operation_id;
};

/// What a replacement brings beside bytes; what is empty stays.
struct Replacement {
  std::string file_name;
  std::string title;
};

/// What the operations of a gallery share. The operations themselves are in gallery_*.cpp, by what
/// they do.
struct ImageGallery::Impl {
  Impl(std::unique_ptr<StorageBackend> backend, GalleryOptions gallery_options);

  // ingest.cpp -----------------------------------------------------------------------------------

  /// Takes bytes in: sniffs, hashes, finds a twin or makes previews and stores all of it.
  /// Throws: as `ImageGallery::upload`.
  IngestedContent ingest(const std::string& tenant, const ByteSource& source);

  /// Takes bytes in and has `change` commit them; when the commit throws, what was stored is
  /// dropped again. A shared content that was swept meanwhile is stored anew.
  ImageRecord ingest_and_commit(const std::string& tenant, const ByteSource& source,
                                const std::function<ImageRecord(const IngestedContent&)>& change);

  /// Makes and stores previews of a content that is stored under `original`.
  std::vector<PreviewRecord> store_previews(const std::string& tenant, const ByteSource& source,
                                            const ImageHeader& header, const ContentId& original,
                                            const ContentDescriptor& descriptor);

  /// Makes previews of a stored image anew and has its content take them. False where it cannot be
  /// decoded, or is gone. Throws: what the storage throws.
  bool rebuild(const ImageRecord& record);

  /// Drops content that a failed change left behind. Never throws: `sweep` would find it later.
  void drop(const ContentId& original, const std::vector<PreviewRecord>& previews) noexcept;

  class Verifier;  // gallery_upkeep.cpp

  // gallery_upload.cpp ---------------------------------------------------------------------------

  /// Takes bytes in as a new image. Throws: as `ImageGallery::upload`; `conflict` for an exact key.
  ImageRecord create(const Principal& who, const NewImage& image, const ByteSource& source);

  // gallery_change.cpp ---------------------------------------------------------------------------

  /// Takes bytes in for an image that is there. Throws: as `ImageGallery::replace`.
  ImageRecord replace(const Principal& who, const std::string& tenant, std::string_view key,
                      const Replacement& replacement, const ByteSource& source,
                      const ChangeOptions& change_options);

  /// Commits changes of one principal, brings the caches up to date, tells the host.
  std::vector<ChangeResult> commit(const Principal& who, std::vector<Change> changes);
  ChangeResult commit_one(const Principal& who, decltype(Change::action) action);

  /// Reads a record, lets `edit` change it and commits it; starts over when somebody else was
  /// faster, unless the caller expects a revision. `edit` returns false where nothing changes.
  ImageRecord update(const Principal& who, const std::string& tenant, std::string_view key,
                     ChangeKind kind, const ChangeOptions& change_options,
                     const std::function<bool(ImageRecord&)>& edit);

  /// As `ImageGallery::remove`. Throws: also `conflict`, when an expected revision moved on between
  /// the look and the commit.
  RemoveResult try_remove(const Principal& who, std::span<const ImageRef> refs,
                          const RemoveOptions& remove_options);

  // gallery_read.cpp -----------------------------------------------------------------------------

  /// Answers a read whose access is decided: from the remembered ETag where that suffices, else
  /// from the record. Throws: `not_found` when `read_record` gives none.
  [[nodiscard]] ReadResult respond(
      const ReadOptions& read_options, const std::string& preset,
      const std::function<std::optional<std::string>()>& known_etag,
      const std::function<std::optional<ImageRecord>()>& read_record) const;

  // gallery.cpp ----------------------------------------------------------------------------------

  /// The record, or nothing for a key that no image can have. Throws: what the storage throws.
  [[nodiscard]] std::optional<ImageRecord> find(std::string_view tenant,
                                                std::string_view key) const;

  /// The record. Throws: `not_found`.
  [[nodiscard]] ImageRecord get(std::string_view tenant, std::string_view key) const;

  [[nodiscard]] ImageInfo info_of(const ImageRecord& record) const;
  [[nodiscard]] const Limits& default_limits(std::string_view tenant) const noexcept;
  [[nodiscard]] std::shared_ptr<const ByteSource> open(const ContentId& content,
                                                       std::uint64_t size) const;

  const GalleryOptions options;
  const std::shared_ptr<StorageBackend> storage;
  DecodeSlots decode_slots;
  mutable ListTotals totals;
  mutable CurrentEtags etags;

  mutable std::atomic<std::uint64_t> uploads{0};
  mutable std::atomic<std::uint64_t> reads{0};
  mutable std::atomic<std::uint64_t> not_modified{0};
  mutable std::atomic<std::uint64_t> changes{0};
  mutable std::atomic<std::uint64_t> decodes{0};
  mutable std::atomic<std::uint64_t> decode_failures{0};
  mutable std::atomic<std::uint64_t> bytes_in{0};
};

/// How previews of a preset are made now: `PreviewRecord::recipe`.
[[nodiscard]] constexpr std::uint32_t recipe_of(const PreviewPreset& preset) noexcept {
  return preview_recipe << 16 | preset.max_side;
}

/// Whether two sources hold the same bytes. Throws: what they throw.
[[nodiscard]] bool same_bytes(const ByteSource& one, const ByteSource& other);

/// The ETag of a source's bytes. Throws: what it throws.
[[nodiscard]] std::string hash_source(const ByteSource& source);

}  // namespace imagegallery
