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

/// Creates an image. The record's previews are stored unless its content has some already: previews
/// belong to the content. Its key is `record.key`, or, when taken, the first free of
/// `pump_(1).jpg`, `pump_(2).jpg`, … (`numbered_key` gives the candidates). A `public_key` that is
/// taken is replaced by `spare_public_key`. When `record.operation_id` is already in the tenant,
/// nothing is created: the result is that image. `conflict` when `exact_key` is set and the key is
/// taken.
struct CreateImage {
  ImageRecord record{};
  bool exact_key = false;
  std::string spare_public_key{};
  Limits default_limits{};  ///< For a tenant without own ones. `limit_exceeded` where over either.
};

/// Writes a record over the one with its id. `conflict` unless that is at `expected_revision`;
/// `not_found` when it is gone. The content may be a new one.
struct UpdateImage {
  ImageRecord record{};
  std::uint64_t expected_revision = 0;
  ChangeKind kind = ChangeKind::renamed;
  Limits default_limits{};  ///< Checked when the size grows.
};

/// Removes an image and its references. The outcome says whether it did.
struct RemoveImage {
  std::string tenant{};
  ImageId id{};
  std::optional<std::uint64_t> expected_revision{};  ///< `conflict` unless it is at that.
  bool even_if_used = false;
};

/// Notes that an entity uses an image; an existing note gets the new name. `not_found` when the
/// image is gone.
struct AttachUse {
  std::string tenant{};  ///< Of the image.
  ImageId id{};
  ImageUse use{};
};

/// Forgets the note, if there is one.
struct DetachUse {
  std::string tenant{};  ///< Of the image.
  ImageId id{};
  ImageUse use{};  ///< Its `name` does not matter.
};

/// Sets a tenant's own limits, whole.
struct SetTenantLimits {
  std::string tenant{};
  TenantLimits limits{};
};

/// Gives new previews to a content, in place of all it has. Every image that has it gets a new
/// revision and an event of its own. `not_found` when no image has the content.
struct ReplacePreviews {
  std::string tenant{};
  ContentId content{};
  std::vector<PreviewRecord> previews{};
};

/// Marks a content, an original or a preview, as damaged: from now on `read_at` throws
/// `corrupt_data` for all of it, and `find_content` passes it over. Every image that has it gets a
/// new revision and an event of its own, as with `ReplacePreviews`. `not_found` when no image has
/// the content.
struct QuarantineContent {
  std::string tenant{};
  ContentId content{};
};

/// One change, who makes it and when.
struct Change {
  std::variant<CreateImage, UpdateImage, RemoveImage, AttachUse, DetachUse, SetTenantLimits,
               ReplacePreviews, QuarantineContent>
      action;
  std::string actor{};
  Time at{};
};

enum class ChangeOutcome {
  applied,
  already_done,  ///< The operation id was known, the reference was there or was gone: nothing
                 ///< changed.
  not_found,     ///< Only of `RemoveImage`.
  in_use,        ///< Only of `RemoveImage`: referenced, and not forced.
};

/// What became of one change.
struct ChangeResult {
  ChangeOutcome outcome = ChangeOutcome::applied;
  std::uint64_t sequence = 0;  ///< Its change number, the last if it has many; 0 unless applied.
  std::optional<ImageRecord> record{};  ///< As stored; of `CreateImage` and `UpdateImage`.
  std::vector<ImageUse> uses{};         ///< Who uses it, when `in_use`; ordered as
                                        ///< `StorageBackend::uses` orders them.
};

/// The candidate keys after `key` itself: "pump.jpg", 1 → "pump_(1).jpg"; "name", 2 → "name_(2)".
/// The number goes before the last dot; the name is shortened, at a character, to stay in 255
/// bytes.
[[nodiscard]] IMAGEGALLERY_EXPORT std::string numbered_key(std::string_view key,
                                                           std::uint32_t number);

}  // namespace imagegallery
