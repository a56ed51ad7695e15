// SPDX-License-Identifier: Apache-2.0
#include "image/iso_bmff_brands.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace imagegallery {
namespace {

struct Brand {
  std::string_view name;
  ImageFormat format;
};

constexpr std::array brands{
    Brand{"avif", ImageFormat::avif}, Brand{"avis", ImageFormat::avif},
    Brand{"heic", ImageFormat::heic}, Brand{"heix", ImageFormat::heic},
    Brand{"heim", ImageFormat::heic}, Brand{"heis", ImageFormat::heic},
    Brand{"hevc", ImageFormat::heic}, Brand{"hevx", ImageFormat::heic},
    Brand{"hevm", ImageFormat::heic}, Brand{"hevs", ImageFormat::heic},
};

bool equals(ByteView bytes, std::string_view text) noexcept {
  const auto expected = as_bytes(text);
  return std::equal(bytes.begin(), bytes.end(), expected.begin(), expected.end());
}

std::optional<ImageFormat> format_of_brand(ByteView name) noexcept {
  for (const Brand& brand : brands) {
    if (equals(name, brand.name)) return brand.format;
  }
  return std::nullopt;
}

}  // namespace

std::optional<ImageFormat> format_of_brands(ByteView leading) noexcept {
  if (leading.size() < 12 || !equals(leading.subspan(4, 4), "ftyp")) return std::nullopt;
  std::size_t box_size = 0;
  for (const std::byte byte : leading.first(4)) {
    box_size = box_size << 8 | std::to_integer<std::size_t>(byte);
  }
  if (box_size < 16 || box_size % 4 != 0) return std::nullopt;
  const auto box = leading.first(std::min(box_size, leading.size()));
  if (const auto major = format_of_brand(box.subspan(8, 4))) return major;
  // Bytes 12 to 15 are the minor version.
  for (std::size_t at = 16; at + 4 <= box.size(); at += 4) {
    if (const auto compatible = format_of_brand(box.subspan(at, 4))) return compatible;
  }
  return std::nullopt;
}

}  // namespace imagegallery
