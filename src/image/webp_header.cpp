// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <imagegallery/error.hpp>

#include "image/exif_orientation.hpp"
#include "image/header_readers.hpp"

namespace imagegallery {
namespace {

// RFC 9649 §2.7.1: the flags of an extended file.
constexpr std::uint8_t flag_animation = 0x02;
constexpr std::uint8_t flag_alpha = 0x10;

std::uint32_t read_u24(ByteReader& reader) {
  const std::uint32_t low = reader.little_endian<std::uint16_t>();
  return low | std::uint32_t{reader.u8()} << 16;
}

// RFC 6386 §9.1: a frame tag, a start code, and width and height: 14 bits each, below a scale.
void read_lossy(ByteReader& reader, ImageHeader& header) {
  const std::uint32_t tag = read_u24(reader);
  if ((tag & 1) != 0) reader.fail("the VP8 data does not begin with a key frame");
  if (reader.u8() != 0x9D || reader.u8() != 0x01 || reader.u8() != 0x2A) {
    reader.fail("the VP8 start code is missing");
  }
  header.width = reader.little_endian<std::uint16_t>() & 0x3FFFu;
  header.height = reader.little_endian<std::uint16_t>() & 0x3FFFu;
}

// RFC 9649 §3.4: a signature, width and height minus one in 14 bits each, and the alpha hint.
void read_lossless(ByteReader& reader, ImageHeader& header) {
  if (reader.u8() != 0x2F) reader.fail("the VP8L signature is missing");
  const auto bits = reader.little_endian<std::uint32_t>();
  header.width = (bits & 0x3FFF) + 1;
  header.height = (bits >> 14 & 0x3FFF) + 1;
  header.has_alpha = (bits >> 28 & 1) != 0;
}

void read_extended_chunks(ByteReader& reader, ImageHeader& header, bool is_animation) {
  std::uint32_t frames = 0;
  try {
    while (reader.remaining() >= 8) {
      const auto type = reader.big_endian<std::uint32_t>();
      const auto length = reader.little_endian<std::uint32_t>();
      const std::uint64_t data = reader.position();
      if (type == fourcc("ANMF")) ++frames;
      if (type == fourcc("EXIF")) {
        header.orientation = read_exif_orientation(reader.source(), data, length);
      }
      reader.skip(std::uint64_t{length} + (length & 1));
    }
  } catch (const Error& error) {
    // Truncated after the canvas size: the header is still valid.
    if (error.code() != ErrorCode::broken_image) throw;
  }
  if (is_animation) header.frames = std::max<std::uint32_t>(1, frames);
}

// RFC 9649 §2.7.1.
void read_extended(ByteReader& reader, ImageHeader& header, std::uint32_t length) {
  const std::uint64_t start = reader.position();
  const std::uint8_t flags = reader.u8();
  reader.skip(3);
  header.width = read_u24(reader) + 1;
  header.height = read_u24(reader) + 1;
  header.has_alpha = (flags & flag_alpha) != 0;
  if (length < 10) reader.fail("the VP8X chunk is too short");
  reader.seek(start);
  reader.skip(std::uint64_t{length} + (length & 1));
  read_extended_chunks(reader, header, (flags & flag_animation) != 0);
}

}  // namespace

ImageHeader read_webp_header(ByteReader& reader) {
  reader.skip(12);
  const auto type = reader.big_endian<std::uint32_t>();
  const auto length = reader.little_endian<std::uint32_t>();
  ImageHeader header;
  if (type == fourcc("VP8 ")) {
    read_lossy(reader, header);
  } else if (type == fourcc("VP8L")) {
    read_lossless(reader, header);
  } else if (type == fourcc("VP8X")) {
    read_extended(reader, header, length);
  } else {
    reader.fail("the first chunk is neither VP8, VP8L nor VP8X");
  }
  apply_orientation(header);
  return header;
}

}  // namespace imagegallery
