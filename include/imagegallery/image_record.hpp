// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/image.hpp>
#include <imagegallery/random_id.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace imagegallery {

/// Names immutable bytes in a storage. Replaced bytes get a new one.
using ContentId = RandomId<struct ContentIdTag>;

/// A stored preview, as a record carries it.
struct PreviewRecord {
  PreviewDescriptor descriptor{};
  ContentId content{};       ///< The original's own where that serves as the preview.
  std::uint32_t recipe = 0;  ///< How it was made: `preview_recipe` and the preset's side.

  friend bool operator==(const PreviewRecord&, const PreviewRecord&) = default;
};

/// The row of an image. The facade fills every field but the three that a commit decides:
/// `revision`, and on creation the final `key` and `public_key`.
struct ImageRecord {
  ImageId id{};
  std::string tenant{};  ///< Empty for the system.
  std::string key{};
  std::uint64_t revision = 0;  ///< The change number of the last change.
  std::string title{};
  std::string folded_title{};  ///< What searches and sorts compare, byte by byte.
  std::string file_name{};
  ImageSubType sub_type = ImageSubType::image;
  bool is_public = false;
  std::string public_key{};    ///< Unique in the storage.
  std::string operation_id{};  ///< Of the creation; unique in the tenant unless empty.
  Time created_at{};
  Time updated_at{};
  ContentId content{};
  ContentDescriptor descriptor{};  ///< Of the original.
  std::uint32_t frames = 1;
  bool has_alpha = false;
  /// They belong to the content: images that share it share them.
  std::vector<PreviewRecord> previews{};

  friend bool operator==(const ImageRecord&, const ImageRecord&) = default;
};

}  // namespace imagegallery
