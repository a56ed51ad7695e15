// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace imagegallery::test {

/// The bytes of a file in tests/data/images.
[[nodiscard]] Bytes image_file(std::string_view name);

/// All names in tests/data/images, sorted.
[[nodiscard]] std::vector<std::string> image_file_names();

/// A colour with alpha, 0 to 255 each.
using Color = std::array<int, 4>;

/// Whether no channel differs by more than `tolerance`. Two fully transparent colours are equal.
[[nodiscard]] bool is_near(const Color& a, const Color& b, int tolerance);

/// An image decoded by the simplest interfaces of libpng and libjpeg, for comparison.
struct Picture {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::vector<Color> pixels;

  [[nodiscard]] const Color& at(std::uint32_t x, std::uint32_t y) const {
    return pixels[std::size_t{y} * width + x];
  }
};

/// Throws std::runtime_error if the bytes are neither PNG nor JPEG.
[[nodiscard]] Picture decode(ByteView bytes);

}  // namespace imagegallery::test
