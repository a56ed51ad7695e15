// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/image.hpp>
#include <imagegallery/random_id.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace imagegallery {

/// Identifies immutable bytes in a storage. Replacing an image's bytes creates a new id.
using ContentId = RandomId<struct ContentIdTag>;

/// A stored preview, as part of an `ImageRecord`.
struct PreviewRecord {
  PreviewDescriptor descriptor{};
  ContentId content{};       ///< The original's content if that serves as the preview.
  std::uint32_t recipe = 0;  ///< Identifies `preview_recipe` and the preset's `max_side`.

  friend bool operator==(const PreviewRecord&, const PreviewRecord&) = default;
};

/// An image as a backend stores it. `ImageGallery` sets every field except those that a commit
/// decides: `revision`, and on creation the final `key` and `public_key`.
struct ImageRecord {
  ImageId id{};
  std::string tenant{};  ///< Empty for the system.
  std::string key{};
  std::uint64_t revision = 0;  ///< The change number of the last change to the image.
  std::string title{};
  std::string folded_title{};  ///< Case-folded; searches and sorts compare it byte by byte.
  std::string file_name{};
  ImageSubType sub_type = ImageSubType::image;
  bool is_public = false;
  std::string public_key{};    ///< Unique in the storage.
  std::string operation_id{};  ///< Of the upload; unique in the tenant unless empty.
  Time created_at{};
  Time updated_at{};
  ContentId content{};
  ContentDescriptor descriptor{};  ///< Of the original.
  std::uint32_t frames = 1;
  bool has_alpha = false;
  /// They belong to the content: images that share content share its previews.
  std::vector<PreviewRecord> previews{};

  friend bool operator==(const ImageRecord&, const ImageRecord&) = default;
};

}  // namespace imagegallery
