// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "image/resampler.hpp"

namespace imagegallery {

/// Whether that EXIF orientation swaps width and height.
[[nodiscard]] constexpr bool swaps_width_and_height(std::uint32_t orientation) noexcept {
  return orientation >= 5 && orientation <= 8;
}

/// Rotates and mirrors the image upright by its EXIF orientation (CIPA DC-008 §4.6.4). Unchanged
/// for orientation 1 and unknown ones. Throws: only `std::bad_alloc`.
[[nodiscard]] Raster apply_orientation(Raster raster, std::uint32_t orientation);

}  // namespace imagegallery
