// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>
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

/// Which images to list. The defaults give a tenant's own images, newest first.
struct ListQuery {
  std::string search{};  ///< A part of the title, in any case; surrounding blanks do not count.
  bool include_system = false;  ///< Adds system images, save those whose key the tenant also has.
  ImageSubType sub_type = ImageSubType::image;
  SortBy sort_by = SortBy::created_at;
  SortOrder sort_order = SortOrder::descending;
  std::uint32_t page_size = 20;  ///< 1 to 1000.
  std::uint32_t page = 0;        ///< From 0. For jumping; `cursor` is faster and misses nothing.
  std::string cursor{};  ///< `Page::next` of the page before, with the rest of the query as it was.
  bool count_total = true;  ///< False leaves `Page::total` empty and saves its cost.
};

/// A page of a list.
struct Page {
  std::vector<ImageInfo> items{};
  std::optional<std::uint64_t> total{};  ///< Images over all pages.
  std::string next{};                    ///< For `ListQuery::cursor`; empty on the last page.
};

/// The original, or a preview of it.
enum class Variant { original, preview };

struct ReadOptions {
  Variant variant = Variant::original;
  std::string preset{};  ///< Of the preview; empty: the gallery's first.

  /// As in HTTP: "*" or ETags in quotes (RFC 9110 §13.1.2). Empty: none.
  std::string if_none_match{};
};

/// What a read gives.
struct ReadResult {
  bool not_modified = false;        ///< One of the caller's ETags is still current.
  std::string etag{};               ///< Without quotes.
  std::optional<ImageInfo> info{};  ///< Empty only when `not_modified` came from the cache.
  ContentDescriptor descriptor{};   ///< Of the variant; only `etag` is set when `info` is empty.

  /// Null when `not_modified`. Stays readable while held, up to the grace period after a
  /// replacement.
  std::shared_ptr<const ByteSource> content{};

  /// The whole content. Throws: `invalid_argument` when there is none, what reading throws.
  [[nodiscard]] IMAGEGALLERY_EXPORT Bytes bytes() const;
};

/// Writes what was read to a file, replacing it only when all of it is written: the image file,
/// byte for byte. Throws: `storage_failure`, `invalid_argument` when the result holds no content.
IMAGEGALLERY_EXPORT void write_file(const std::filesystem::path& path, const ReadResult& result);

struct ChangeOptions {
  /// Change only what is still at this revision.
  std::optional<std::uint64_t> expected_revision{};
};

struct RemoveOptions {
  bool force = false;                                ///< Also what is in use.
  std::optional<std::uint64_t> expected_revision{};  ///< Of each image that is named.
};

enum class RemoveStatus { removed, not_found, in_use, permission_denied, conflict };

struct RemoveOutcome {
  ImageRef ref{};
  RemoveStatus status = RemoveStatus::removed;
  std::vector<ImageUse> uses{};  ///< Who uses it, when `in_use`.
};

struct RemoveResult {
  std::vector<RemoveOutcome> outcomes{};  ///< In the order asked.

  [[nodiscard]] IMAGEGALLERY_EXPORT bool all_removed() const noexcept;
};

/// What an import does when its key is taken by other content. (Taken by the same content, the
/// import is that image, and changes nothing.)
enum class ImportConflict {
  keep_both,  ///< A new image under the next free key.
  replace,    ///< The image there gets the document's bytes, title and file name.
  refuse,     ///< `Error` with `conflict`.
};

struct ImportOptions {
  ImportConflict on_conflict = ImportConflict::keep_both;
  std::string operation_id{};  ///< As `UploadOptions::operation_id`.
};

/// What a tenant stores, and may.
struct Usage {
  std::uint64_t images = 0;
  std::uint64_t bytes = 0;    ///< The sum of the originals' sizes.
  Limits limits{};            ///< In force.
  TenantLimits own_limits{};  ///< As set for this tenant.
};

/// What `verify` found.
struct VerifyReport {
  struct Damage {
    std::string tenant{};
    std::string key{};
    std::string what{};     ///< "original", or the preset's name.
    bool repaired = false;  ///< The preview was made anew.
  };
  std::uint64_t images = 0;  ///< Looked at.
  std::uint64_t bytes = 0;   ///< Read.
  std::vector<Damage> damage{};
};

/// What this object did so far, for a host's metrics. Counters only grow.
struct GalleryStats {
  std::uint64_t uploads = 0;
  std::uint64_t reads = 0;
  std::uint64_t not_modified = 0;  ///< Reads answered so.
  std::uint64_t changes = 0;       ///< Renames, replacements, removals and so on.
  std::uint64_t decodes = 0;
  std::uint64_t decode_failures = 0;
  std::uint64_t bytes_in = 0;  ///< Of originals.
  EtagCacheStats etag_cache{};
};

}  // namespace imagegallery
