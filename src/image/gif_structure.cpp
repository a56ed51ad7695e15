// SPDX-License-Identifier: Apache-2.0
#include "image/gif_structure.hpp"

#include <algorithm>
#include <array>
#include <imagegallery/error.hpp>
#include <string_view>

namespace imagegallery {
namespace {

constexpr std::uint8_t block_image = 0x2C;
constexpr std::uint8_t block_extension = 0x21;
constexpr std::uint8_t block_trailer = 0x3B;
constexpr std::uint8_t extension_graphic_control = 0xF9;
constexpr std::uint8_t extension_application = 0xFF;

void skip_sub_blocks(ByteReader& reader) {
  while (const std::uint8_t length = reader.u8()) reader.skip(length);
}

void skip_color_table(ByteReader& reader, std::uint8_t packed) {
  if ((packed & 0x80) != 0) reader.skip(std::uint64_t{3} << ((packed & 7) + 1));
}

/// Looping controls how an animation plays, and a colour profile reveals nothing about people or
/// places. All other application data (above all XMP) is metadata.
bool is_harmless_application(ByteReader& reader) {
  const std::uint64_t start = reader.position();
  std::array<std::byte, 11> identifier{};
  if (reader.u8() != identifier.size()) {
    reader.seek(start);
    return false;
  }
  reader.read(identifier);
  const std::string_view text(reinterpret_cast<const char*>(identifier.data()), identifier.size());
  return text == "NETSCAPE2.0" || text == "ANIMEXTS1.0" || text == "ICCRGBG1012";
}

class Walker {
 public:
  explicit Walker(ByteReader& reader) : reader_(reader) {}

  GifStructure walk() {
    reader_.skip(6);
    result_.width = reader_.little_endian<std::uint16_t>();
    result_.height = reader_.little_endian<std::uint16_t>();
    const std::uint8_t packed = reader_.u8();
    reader_.skip(2);
    try {
      skip_color_table(reader_, packed);
      result_.is_complete = walk_blocks();
    } catch (const Error& error) {
      if (error.code() != ErrorCode::broken_image) throw;
    }
    // Some encoders write a screen that is empty or smaller than the image; then the image counts.
    if (result_.width < result_.frame_width || result_.height < result_.frame_height) {
      result_.width = std::max(result_.width, result_.frame_left + result_.frame_width);
      result_.height = std::max(result_.height, result_.frame_top + result_.frame_height);
    }
    return result_;
  }

 private:
  bool walk_blocks() {
    while (true) {
      result_.end = reader_.position();
      if (reader_.remaining() == 0) return true;
      switch (reader_.u8()) {
        case block_image:
          walk_image();
          break;
        case block_extension:
          walk_extension();
          break;
        case block_trailer:
          result_.end = reader_.position();
          return true;
        default:
          // Stray bytes after the images end the file for browsers, too.
          return result_.frames != 0;
      }
    }
  }

  void walk_image() {
    const std::uint32_t left = reader_.little_endian<std::uint16_t>();
    const std::uint32_t top = reader_.little_endian<std::uint16_t>();
    const std::uint32_t width = reader_.little_endian<std::uint16_t>();
    const std::uint32_t height = reader_.little_endian<std::uint16_t>();
    const std::uint8_t packed = reader_.u8();
    if (result_.frames == 0) {
      result_.frame_left = left;
      result_.frame_top = top;
      result_.frame_width = width;
      result_.frame_height = height;
    }
    ++result_.frames;
    skip_color_table(reader_, packed);
    reader_.skip(1);  // LZW's minimum code size.
    skip_sub_blocks(reader_);
  }

  void walk_extension() {
    const std::uint8_t label = reader_.u8();
    if (label == extension_graphic_control) {
      if (result_.frames == 0 && reader_.u8() >= 1) {
        result_.is_transparent = (reader_.u8() & 1) != 0;
        reader_.seek(reader_.position() - 2);
      } else if (result_.frames == 0) {
        reader_.seek(reader_.position() - 1);
      }
    } else if (label != extension_application || !is_harmless_application(reader_)) {
      result_.carries_metadata = true;
    }
    skip_sub_blocks(reader_);
  }

  ByteReader& reader_;
  GifStructure result_;
};

}  // namespace

GifStructure read_gif_structure(ByteReader& reader) { return Walker(reader).walk(); }

}  // namespace imagegallery
