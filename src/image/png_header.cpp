// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <imagegallery/error.hpp>

#include "image/exif_orientation.hpp"
#include "image/header_readers.hpp"
#include "image/png_chunks.hpp"

namespace imagegallery {
namespace {

constexpr std::uint32_t header_length = 13;

/// CRC-32 of ISO/IEC 13239, as specified by PNG Third Edition §5.5.
std::uint32_t checksum(std::span<const std::byte> bytes) noexcept {
  std::uint32_t remainder = 0xFFFF'FFFF;
  for (const std::byte byte : bytes) {
    remainder ^= std::to_integer<std::uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) {
      remainder = remainder >> 1 ^ ((remainder & 1) != 0 ? 0xEDB8'8320 : 0);
    }
  }
  return ~remainder;
}

bool is_valid_depth(unsigned color_type, unsigned depth) noexcept {
  switch (color_type) {
    case 0:  // greyscale
      return depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
    case 3:  // palette
      return depth == 1 || depth == 2 || depth == 4 || depth == 8;
    case 2:  // truecolour
    case 4:  // greyscale with alpha
    case 6:  // truecolour with alpha
      return depth == 8 || depth == 16;
    default:
      return false;
  }
}

void read_ihdr(ByteReader& reader, ImageHeader& header) {
  reader.seek(8);
  if (reader.big_endian<std::uint32_t>() != header_length) reader.fail("IHDR is not 13 bytes long");
  std::array<std::byte, 4 + header_length> chunk{};
  reader.read(chunk);
  if (reader.big_endian<std::uint32_t>() != checksum(chunk)) {
    reader.fail("the IHDR checksum is wrong");
  }
  reader.seek(12);
  if (reader.big_endian<std::uint32_t>() != fourcc("IHDR")) {
    reader.fail("the first chunk is not IHDR");
  }
  header.width = reader.big_endian<std::uint32_t>();
  header.height = reader.big_endian<std::uint32_t>();
  if (std::max(header.width, header.height) > 0x7FFF'FFFF) {
    reader.fail("the width or height exceeds 2^31-1 pixels");
  }
  const unsigned depth = reader.u8();
  const unsigned color_type = reader.u8();
  if (!is_valid_depth(color_type, depth)) {
    reader.fail("color type " + std::to_string(color_type) + " with bit depth " +
                std::to_string(depth) + " is invalid");
  }
  header.has_alpha = (color_type & 4) != 0;
  if (reader.u8() != 0) reader.fail("unknown compression method");
  if (reader.u8() != 0) reader.fail("unknown filter method");
  if (reader.u8() > 1) reader.fail("unknown interlace method");
}

}  // namespace

ImageHeader read_png_header(ByteReader& reader) {
  ImageHeader header;
  read_ihdr(reader, header);
  reader.seek(0);
  PngChunks chunks(reader);
  PngChunk chunk;
  try {
    while (chunks.next(chunk)) {
      if (chunk.type == fourcc("tRNS")) header.has_alpha = true;
      if (chunk.type == fourcc("eXIf")) {
        header.orientation = read_exif_orientation(reader.source(), chunk.data, chunk.length);
      }
      if (chunk.type == fourcc("acTL") && chunk.length == 8) {
        reader.seek(chunk.data);
        header.frames = std::max<std::uint32_t>(1, reader.big_endian<std::uint32_t>());
      }
    }
  } catch (const Error& error) {
    // Truncated after IHDR: the decoder reports that.
    if (error.code() != ErrorCode::broken_image) throw;
  }
  apply_orientation(header);
  return header;
}

}  // namespace imagegallery
