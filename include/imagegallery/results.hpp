// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>
#include <imagegallery/error_report.hpp>
#include <imagegallery/etag_cache.hpp>
#include <imagegallery/export.hpp>
#include <imagegallery/image.hpp>
#include <imagegallery/storage_backend.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace imagegallery {

/// Selects and orders the images of a list. The default is the tenant's own images, newest first.
struct ListQuery {
  std::string search{};  ///< A substring of the title; ignores case and surrounding whitespace.
  bool include_system = false;  ///< Adds system images, except those whose key the tenant uses.
  ImageSubType sub_type = ImageSubType::image;
  SortBy sort_by = SortBy::created_at;
  SortOrder sort_order = SortOrder::descending;
  std::uint32_t page_size = 20;  ///< 1 to 1000.
  std::uint32_t page = 0;        ///< Counts from 0. To read page after page, `cursor` is faster and
                                 ///< neither skips nor repeats images that exist throughout.
  std::string cursor{};          ///< `Page::next` of the previous page of the same query.
  bool count_total = true;       ///< False leaves `Page::total` empty, which is faster.
};

/// One page of a list.
struct Page {
  std::vector<ImageInfo> items{};
  std::optional<std::uint64_t> total{};  ///< The number of images on all pages.
  std::string next{};                    ///< For `ListQuery::cursor`; empty on the last page.
};

/// Selects the original or a preview.
enum class Variant { original, preview };

/// The options of a read.
struct ReadOptions {
  Variant variant = Variant::original;
  std::string preset{};  ///< The name of the preview's preset; if empty: the first.

  /// As in HTTP: "*" or a list of quoted ETags (RFC 9110 §13.1.2). If empty: unconditional.
  std::string if_none_match{};
};

/// The result of a read.
struct ReadResult {
  bool not_modified = false;        ///< `ReadOptions::if_none_match` matches the current ETag.
  std::string etag{};               ///< Without quotes.
  std::optional<ImageInfo> info{};  ///< Unset only if `not_modified` came from the ETag cache.
  ContentDescriptor descriptor{};   ///< Of the variant; only `etag` is set if `info` is unset.

  /// Null if `not_modified`. If the image is replaced or removed, the content stays readable for
  /// the grace period (`GalleryOptions::content_grace`).
  std::shared_ptr<const ByteSource> content{};

  /// Reads the whole content. Throws: `invalid_argument` if `content` is null, and whatever reading
  /// throws.
  [[nodiscard]] IMAGEGALLERY_EXPORT Bytes bytes() const;
};

/// Writes the content of `result` to a file. An existing file is replaced only after everything was
/// written. Throws: `storage_failure`; `invalid_argument` if the result has no content.
IMAGEGALLERY_EXPORT void write_file(const std::filesystem::path& path, const ReadResult& result);

/// The options of a change.
struct ChangeOptions {
  /// If set: throw `conflict` unless the image is at this revision.
  std::optional<std::uint64_t> expected_revision{};
};

/// The options of a removal.
struct RemoveOptions {
  bool force = false;                                ///< Also remove images that are in use.
  std::optional<std::uint64_t> expected_revision{};  ///< If set: required of each image.
};

enum class RemoveStatus { removed, not_found, in_use, permission_denied, conflict };

/// The outcome of a removal for one image.
struct RemoveOutcome {
  ImageRef ref{};
  RemoveStatus status = RemoveStatus::removed;
  std::vector<ImageUse> uses{};  ///< Set if `in_use`.
};

/// The result of a removal.
struct RemoveResult {
  std::vector<RemoveOutcome> outcomes{};  ///< In the order of the arguments.

  [[nodiscard]] IMAGEGALLERY_EXPORT bool all_removed() const noexcept;
};

/// How to import an image whose key is in use by different content. (If the existing image has the
/// same content, the import returns it and changes nothing.)
enum class ImportConflict {
  keep_both,  ///< Create a new image under the next free key.
  replace,    ///< Replace the existing image's bytes, title and file name.
  refuse,     ///< Throw `conflict`.
};

/// The options of an import.
struct ImportOptions {
  ImportConflict on_conflict = ImportConflict::keep_both;
  std::string operation_id{};  ///< As `UploadOptions::operation_id`.
};

/// Usage and limits of a tenant.
struct Usage {
  std::uint64_t images = 0;
  std::uint64_t bytes = 0;    ///< The sum of the originals' sizes.
  Limits limits{};            ///< The effective limits.
  TenantLimits own_limits{};  ///< The limits set for this tenant.
};

/// The result of `ImageGallery::verify`.
struct VerifyReport {
  struct Damage {
    std::string tenant{};
    std::string key{};
    std::string what{};     ///< "original", or the preset's name.
    bool repaired = false;  ///< The preview was rebuilt.
    /// An I/O error, on reading it again as well: not known to be damaged, and not quarantined.
    bool unreadable = false;
  };
  std::uint64_t images = 0;  ///< Images checked.
  std::uint64_t bytes = 0;   ///< Bytes read.
  std::vector<Damage> damage{};
  std::uint64_t released = 0;  ///< Quarantined contents that were found sound.
};

/// Whether changes can be stored.
struct GalleryHealth {
  bool healthy = true;
  std::optional<ErrorCode> code{};  ///< Of the last write that failed; unset if healthy.
  std::string reason{};             ///< For anybody: names no files; empty if healthy.
  std::optional<Time> since{};      ///< When it became unhealthy; unset if healthy.

  friend bool operator==(const GalleryHealth&, const GalleryHealth&) = default;
};

/// Counters of one gallery object since its construction, for metrics. They never decrease, except
/// the sizes from `StorageStatus`.
struct GalleryStats {
  std::uint64_t uploads = 0;
  std::uint64_t reads = 0;
  std::uint64_t not_modified = 0;  ///< Reads that returned "not modified".
  std::uint64_t changes = 0;       ///< All committed changes, uploads included.
  std::uint64_t decodes = 0;
  std::uint64_t decode_failures = 0;
  std::uint64_t bytes_in = 0;  ///< Bytes of uploaded originals.
  EtagCacheStats etag_cache{};
  std::vector<ErrorCount> errors{};           ///< Reports to `GalleryOptions::on_error`.
  std::optional<std::uint64_t> log_bytes{};   ///< As `StorageStatus`; nullopt if it is unknown.
  std::optional<std::uint64_t> free_bytes{};  ///< As `StorageStatus`.
};

}  // namespace imagegallery
