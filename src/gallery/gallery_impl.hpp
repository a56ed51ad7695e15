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
#include "gallery/error_reports.hpp"
#include "gallery/health.hpp"
#include "gallery/list_totals.hpp"
#include "gallery/stored_content.hpp"

namespace imagegallery {

/// Stored content for an image that is not committed yet.
struct IngestedContent {
  ContentId content;
  ContentDescriptor descriptor;
  std::uint32_t frames = 1;
  bool has_alpha = false;
  std::vector<PreviewRecord> previews;
  bool is_shared = false;     ///< An existing image of the tenant has the same content.
  bool new_previews = false;  ///< The previews were stored for this change.

  /// Changes that repair what the tenant already has of the same bytes: to be committed with it.
  std::vector<decltype(Change::action)> repairs{};

  void assign_to(ImageRecord& record) const;
};

/// Room for the information about an image that a commit is about to create or change, so that
/// nothing can fail after the commit.
class PendingInfo {
 public:
  explicit PendingInfo(const std::vector<PreviewPreset>& presets);

  /// The information about a stored image. Allocates nothing.
  [[nodiscard]] ImageInfo fill(ImageRecord&& record) &&;

 private:
  ImageInfo info_;
  std::vector<PreviewDescriptor>
      originals_;  // One for each preset that the image has no preview of.
};

/// Whether an image has certain bytes.
enum class Match {
  same,
  different,
  damaged,  ///< It had them, but its original or a preview cannot be read any more.
};

/// The result of a committed change.
struct Committed {
  ImageInfo info;
  ContentId content;
};

/// The properties of a new image except its content. All fields are validated.
struct NewImage {
  std::string tenant;
  std::string key;         ///< If empty: the file name.
  bool exact_key = false;  ///< `conflict` instead of a numbered key.
  std::string title;       ///< If empty: the file name.
  std::string file_name;   ///< If empty: "image" with the default extension of its format.
  ImageSubType sub_type = ImageSubType::image;
  bool is_public = false;
  std::string public_key;  ///< If empty: a random one.
  std::string operation_id;
  bool may_decode = true;  ///< If not: `DecodeNeeded` instead of a decode.
};

/// New properties of a replaced image. Empty fields keep the old values.
struct Replacement {
  std::string file_name;
  std::string title;
  bool may_decode = true;  ///< As `NewImage::may_decode`.
};

/// Thrown, before anything is stored, by an operation that must not decode but would have to.
struct DecodeNeeded {};

/// The state and shared functions of a gallery. The operations are in gallery_*.cpp, grouped by
/// purpose.
struct ImageGallery::Impl {
  Impl(std::unique_ptr<StorageBackend> backend, GalleryOptions gallery_options);

  // ingest.cpp -----------------------------------------------------------------------------------

  /// Detects the format and hashes the bytes. Shares the content of a duplicate if there is one;
  /// otherwise creates previews and stores everything. Throws: as `ImageGallery::upload`;
  /// `DecodeNeeded` unless `may_decode`.
  IngestedContent ingest(const std::string& tenant, const ByteSource& source, bool may_decode);

  /// Shares the content of a duplicate, with new previews if its own are damaged. Adds it to
  /// `damaged` if it is a duplicate that cannot be read. Returns whether it is shared. Throws: as
  /// `ingest`.
  bool share_duplicate(const std::string& tenant, const ByteSource& source,
                       const ImageHeader& header, bool may_decode, IngestedContent& ingested,
                       std::vector<ContentId>& damaged);

  /// Whether all previews of an image can be read.
  [[nodiscard]] bool previews_are_sound(const ImageRecord& record) const;

  /// Ingests bytes and calls `change` to commit them. If the commit throws, deletes what was
  /// stored. If shared content was swept meanwhile, stores it again. Throws: as `ingest`.
  ImageInfo ingest_and_commit(const std::string& tenant, const ByteSource& source, bool may_decode,
                              const std::function<Committed(const IngestedContent&)>& change);

  /// Creates and stores the previews of the content `original`.
  std::vector<PreviewRecord> store_previews(const std::string& tenant, const ByteSource& source,
                                            const ImageHeader& header, const ContentId& original,
                                            const ContentDescriptor& descriptor);

  /// Creates new previews of a stored image and commits them. Returns false if it cannot be decoded
  /// or was removed. Throws: whatever the storage throws.
  bool rebuild(const ImageRecord& record);

  /// Deletes content that a failed change left behind. Never throws: `sweep` deletes it otherwise.
  void drop(const IngestedContent& ingested) noexcept;
  void drop_content(const ContentId& content) noexcept;
  void drop_previews(const ContentId& original,
                     const std::vector<PreviewRecord>& previews) noexcept;

  /// Decodes an image in a slot, which it waits for. Throws: as `make_previews`, `busy`.
  std::vector<Preview> decode(const std::string& tenant, const ByteSource& source,
                              const ImageHeader& header);

  // gallery_upkeep.cpp ---------------------------------------------------------------------------

  class Verifier;

  /// Finds out whether the storage reads and writes; reports that it does not, once.
  void check_health();

  // gallery_upload.cpp ---------------------------------------------------------------------------

  /// Ingests bytes as a new image. Throws: as `ImageGallery::upload`; `conflict` if `exact_key` is
  /// set and the key is in use.
  ImageInfo create(const Principal& who, const NewImage& image, const ByteSource& source);

  [[nodiscard]] Match compare(const ImageRecord& record, const ByteSource& source) const;

  /// As `ImageGallery::import_document`. Throws: also `DecodeNeeded`, unless `may_decode`.
  ImageInfo import_document(const Principal& who, const ExportDocument& document,
                            const ImportOptions& import_options, bool may_decode);

  // gallery_change.cpp ---------------------------------------------------------------------------

  /// Ingests bytes for an existing image. Throws: as `ImageGallery::replace`.
  ImageInfo replace(const Principal& who, const std::string& tenant, std::string_view key,
                    const Replacement& replacement, const ByteSource& source,
                    const ChangeOptions& change_options);

  /// Commits changes of one principal, updates the caches and notifies the host. Nothing fails
  /// after the commit; callers must not allocate after it either.
  std::vector<ChangeResult> commit(const Principal& who, std::vector<Change> changes);
  /// Calls `GalleryOptions::on_event`, which must be set.
  void notify(const Event& event) noexcept;
  ChangeResult commit_one(const Principal& who, decltype(Change::action) action);

  /// Reads a record, lets `edit` change it and commits it, and after it `repairs`. Retries after a
  /// concurrent change, unless the caller expects a revision. `edit` returns false if there is
  /// nothing to change.
  Committed update(const Principal& who, const std::string& tenant, std::string_view key,
                   ChangeKind kind, const ChangeOptions& change_options,
                   const std::function<bool(ImageRecord&)>& edit,
                   const std::vector<decltype(Change::action)>& repairs = {});

  /// As `ImageGallery::remove`. Throws: also `conflict`, if an image with an expected revision was
  /// changed between the lookup and the commit.
  RemoveResult try_remove(const Principal& who, std::span<const ImageRef> refs,
                          const RemoveOptions& remove_options);

  // gallery_read.cpp -----------------------------------------------------------------------------

  /// Serves a read after access control, for the method `operation` (a literal): from the cached
  /// ETag if that suffices, else from the record. Throws: `not_found` if `read_record` returns
  /// nullopt.
  [[nodiscard]] ReadResult respond(
      std::string_view operation, const ReadOptions& read_options, const std::string& preset,
      const std::function<std::optional<std::string>()>& cached_etag,
      const std::function<std::optional<ImageRecord>()>& read_record) const;

  // gallery.cpp ----------------------------------------------------------------------------------

  /// The record; nullopt if absent or if `key` is not a valid key. Throws: whatever the storage
  /// throws.
  [[nodiscard]] std::optional<ImageRecord> find(std::string_view tenant,
                                                std::string_view key) const;

  /// The record. Throws: `not_found`.
  [[nodiscard]] ImageRecord get(std::string_view tenant, std::string_view key) const;

  [[nodiscard]] ImageInfo info_of(ImageRecord record) const;
  [[nodiscard]] const Limits& default_limits(std::string_view tenant) const noexcept;
  [[nodiscard]] std::shared_ptr<const ByteSource> open(const ContentId& content, std::uint64_t size,
                                                       ContentOwner owner = {}) const;

  const GalleryOptions options;
  const std::shared_ptr<ErrorReports> reports;
  const std::shared_ptr<Health> health;
  mutable StatusProblems status_problems;
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

/// The current `PreviewRecord::recipe` for a preset.
[[nodiscard]] constexpr std::uint32_t recipe_of(const PreviewPreset& preset) noexcept {
  return preview_recipe << 16 | preset.max_side;
}

/// Whether two sources have the same bytes. Throws: whatever the sources throw.
[[nodiscard]] bool same_bytes(const ByteSource& one, const ByteSource& other);

/// The ETag of a source's bytes. Throws: `conflict` if the source turns out shorter than its size,
/// and whatever it throws.
[[nodiscard]] std::string hash_source(const ByteSource& source);

}  // namespace imagegallery
