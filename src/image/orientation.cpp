// SPDX-License-Identifier: Apache-2.0
#include "image/orientation.hpp"

#include <algorithm>

namespace imagegallery {
namespace {

struct Point {
  std::size_t x, y;
};

/// The position in the raster of the upright image's pixel at `x`, `y`.
Point source_of(const Raster& raster, std::size_t x, std::size_t y,
                std::uint32_t orientation) noexcept {
  const std::size_t right = raster.width - 1;
  const std::size_t bottom = raster.height - 1;
  switch (orientation) {
    case 2:
      return {right - x, y};
    case 3:
      return {right - x, bottom - y};
    case 4:
      return {x, bottom - y};
    case 5:
      return {y, x};
    case 6:
      return {y, bottom - x};
    case 7:
      return {right - y, bottom - x};
    case 8:
      return {right - y, x};
    default:
      return {x, y};
  }
}

}  // namespace

Raster apply_orientation(Raster raster, std::uint32_t orientation) {
  if (orientation <= 1 || orientation > 8) return raster;
  Raster upright;
  upright.width = swaps_width_and_height(orientation) ? raster.height : raster.width;
  upright.height = swaps_width_and_height(orientation) ? raster.width : raster.height;
  upright.channels = raster.channels;
  upright.samples.resize(raster.samples.size());
  std::uint8_t* to = upright.samples.data();
  for (std::size_t y = 0; y < upright.height; ++y) {
    for (std::size_t x = 0; x < upright.width; ++x, to += raster.channels) {
      const Point from = source_of(raster, x, y, orientation);
      std::copy_n(raster.samples.data() + from.y * raster.row_bytes() + from.x * raster.channels,
                  raster.channels, to);
    }
  }
  return upright;
}

}  // namespace imagegallery
