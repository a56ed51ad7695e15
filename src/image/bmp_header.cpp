// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <imagegallery/error.hpp>

#include "image/header_readers.hpp"

namespace imagegallery {
namespace {

constexpr std::uint32_t file_header_size = 14;
constexpr std::uint32_t core_header_size = 12;  // OS/2 1.x: 16-bit width and height.

// OS/2 1.x and 2.x, Windows 3 to 5, and the two intermediate sizes that Adobe wrote.
constexpr std::array<std::uint32_t, 8> header_sizes{12, 16, 40, 52, 56, 64, 108, 124};

std::uint32_t magnitude(std::uint32_t twos_complement) noexcept {
  return (twos_complement & 0x8000'0000) != 0 ? 0u - twos_complement : twos_complement;
}

}  // namespace

ImageHeader read_bmp_header(ByteReader& reader) {
  if (reader.size() < file_header_size + 4) {
    throw Error(ErrorCode::unsupported_format,
                "Not a known image format: starts with \"BM\" but has no bitmap header");
  }
  reader.skip(file_header_size);
  const auto size = reader.little_endian<std::uint32_t>();
  if (std::find(header_sizes.begin(), header_sizes.end(), size) == header_sizes.end()) {
    throw Error(ErrorCode::unsupported_format,
                "Not a known image format: starts with \"BM\" but has no bitmap header");
  }
  ImageHeader header;
  if (size == core_header_size) {
    header.width = reader.little_endian<std::uint16_t>();
    header.height = reader.little_endian<std::uint16_t>();
    return header;
  }
  header.width = reader.little_endian<std::uint32_t>();
  // A negative height means top-down rows.
  header.height = magnitude(reader.little_endian<std::uint32_t>());
  if (header.width > 0x7FFF'FFFF) reader.fail("negative width");
  if (size >= 56) {
    reader.seek(file_header_size + 52);
    header.has_alpha = reader.little_endian<std::uint32_t>() != 0;
  }
  return header;
}

}  // namespace imagegallery
