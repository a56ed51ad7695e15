// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include "image/orientation.hpp"

namespace imagegallery {

struct Size {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
};

/// `side` times `limit` divided by `longest`, rounded, at least 1.
[[nodiscard]] inline std::uint32_t shrink(std::uint32_t side, std::uint32_t limit,
                                          std::uint32_t longest) noexcept {
  const std::uint64_t rounded = (std::uint64_t{side} * limit + longest / 2) / longest;
  return static_cast<std::uint32_t>(std::max<std::uint64_t>(1, rounded));
}

/// The size of a preview of `image`: at most `max_side`, never larger than the image.
[[nodiscard]] inline Size fit(Size image, std::uint32_t max_side) noexcept {
  const std::uint32_t longest = std::max(image.width, image.height);
  if (longest <= max_side) return image;
  return {shrink(image.width, max_side, longest), shrink(image.height, max_side, longest)};
}

/// An upright size before the EXIF orientation is applied.
[[nodiscard]] inline Size as_stored(Size size, std::uint32_t orientation) noexcept {
  if (swaps_width_and_height(orientation)) std::swap(size.width, size.height);
  return size;
}

}  // namespace imagegallery
