// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/event.hpp>
#include <imagegallery/export.hpp>
#include <imagegallery/image_record.hpp>
#include <imagegallery/options.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace imagegallery {

/// Creates an image. Its key is `record.key` or, if that is in use, the first free one of
/// `pump_(1).jpg`, `pump_(2).jpg`, … (see `numbered_key`). If `public_key` is in use, it is
/// replaced by `spare_public_key`. The record's previews are stored unless its content already has
/// previews: they belong to the content. If the tenant already has an image with
/// `record.operation_id`, nothing is created and the result contains that image. Throws: `conflict`
/// if the id is in use, or if `exact_key` is set and the key is; `limit_exceeded`.
struct CreateImage {
  ImageRecord record{};
  bool exact_key = false;
  std::string spare_public_key{};
  Limits default_limits{};  ///< Apply as far as the tenant has no limits of its own.
};

/// Replaces the stored record with the same id. The content may be new.
/// Throws: `conflict` unless the stored record is at `expected_revision`; `not_found` if it was
/// removed; `limit_exceeded`.
struct UpdateImage {
  ImageRecord record{};
  std::uint64_t expected_revision = 0;
  ChangeKind kind = ChangeKind::renamed;
  Limits default_limits{};  ///< Checked only if the size increases.
};

/// Removes an image and its uses. The outcome tells whether it was removed.
/// Throws: `conflict` unless the image is at `expected_revision`, if that is set.
struct RemoveImage {
  std::string tenant{};
  ImageId id{};
  std::optional<std::uint64_t> expected_revision{};
  bool even_if_used = false;
};

/// Records that an entity uses an image; updates the name of an existing use.
/// Throws: `not_found` if the image is absent.
struct AttachUse {
  std::string tenant{};  ///< Of the image.
  ImageId id{};
  ImageUse use{};
};

/// Deletes the record of a use, if there is one.
struct DetachUse {
  std::string tenant{};  ///< Of the image.
  ImageId id{};
  ImageUse use{};  ///< Its `name` is ignored.
};

/// Replaces a tenant's own limits.
struct SetTenantLimits {
  std::string tenant{};
  TenantLimits limits{};
};

/// Replaces all previews of a content. Every image with that content gets a new revision and an
/// event of its own. Throws: `not_found` if no image has the content.
struct ReplacePreviews {
  std::string tenant{};
  ContentId content{};
  std::vector<PreviewRecord> previews{};
};

/// Marks content, an original or a preview, as damaged: `read_at` then throws `corrupt_data` for
/// all of it, and `find_content` skips it. Every image with that content gets a new revision and an
/// event of its own. Does nothing if it is marked already. Throws: `not_found` if no image has the
/// content.
struct QuarantineContent {
  std::string tenant{};
  ContentId content{};
};

/// Lifts the quarantine of content that was found sound. Every image with that content gets a new
/// revision and an event of its own (`ChangeKind::restored`). Does nothing if the content is not
/// quarantined. Throws: `not_found` if no image has the content.
struct ReleaseContent {
  std::string tenant{};
  ContentId content{};
};

/// Replaces a damaged original by a new copy of the same bytes: every image of the tenant with
/// `damaged` as its original gets `content` instead, a new revision, and an event of its own
/// (`ChangeKind::restored`); the rest of its record is kept. `previews` are stored unless `content`
/// already has previews. Does nothing if no image has `damaged` as its original, or if `damaged`
/// is `content`.
struct RestoreContent {
  std::string tenant{};
  ContentId damaged{};
  ContentId content{};
  std::vector<PreviewRecord> previews{};
};

/// One change, with its author and time.
struct Change {
  std::variant<CreateImage, UpdateImage, RemoveImage, AttachUse, DetachUse, SetTenantLimits,
               ReplacePreviews, QuarantineContent, ReleaseContent, RestoreContent>
      action;
  std::string actor{};
  Time at{};
};

enum class ChangeOutcome {
  applied,
  already_done,  ///< Nothing changed: the operation id exists, the use was already recorded or
                 ///< deleted, or the content already is as requested.
  not_found,     ///< Only of `RemoveImage`.
  in_use,        ///< Only of `RemoveImage`: the image has uses, and `even_if_used` is not set.
};

/// The result of one change.
struct ChangeResult {
  ChangeOutcome outcome = ChangeOutcome::applied;
  std::uint64_t sequence = 0;  ///< Its change number, the last if it has several; 0 unless applied.
  std::optional<ImageRecord> record{};  ///< As stored; of `CreateImage` and `UpdateImage`.
  std::vector<ImageUse> uses{};         ///< Set if `in_use`; ordered as by `StorageBackend::uses`.
  std::vector<Event> events{};          ///< One for each image that changed, as in the change feed.
};

/// Returns the candidate key with a number, to try when `key` is in use: "pump.jpg", 1 →
/// "pump_(1).jpg"; "name", 2 → "name_(2)". The number goes before the last dot. The name is
/// shortened, at a character boundary, so that the key has at most 255 bytes.
[[nodiscard]] IMAGEGALLERY_EXPORT std::string numbered_key(std::string_view key,
                                                           std::uint32_t number);

}  // namespace imagegallery
