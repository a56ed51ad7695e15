// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "image/resampler.hpp"

namespace imagegallery {

/// Whether an image of that EXIF orientation lies on its side: width and height change places.
[[nodiscard]] constexpr bool lies_on_side(std::uint32_t orientation) noexcept {
  return orientation >= 5 && orientation <= 8;
}

/// The picture as it is to be seen, by its EXIF orientation (CIPA DC-008 §4.6.4). For orientation 1
/// and unknown ones, as it is. Throws: nothing but `std::bad_alloc`.
[[nodiscard]] Raster turned_upright(Raster raster, std::uint32_t orientation);

}  // namespace imagegallery
