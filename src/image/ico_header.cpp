// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/error.hpp>

#include "image/header_readers.hpp"

namespace imagegallery {
namespace {

constexpr std::uint64_t directory_size = 6;
constexpr std::uint64_t entry_size = 16;
constexpr std::uint64_t png_signature = 0x89504E47'0D0A1A0A;

struct Entry {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint32_t data = 0;
};

/// A PNG in an icon may exceed the 256 pixels that a directory entry can state.
void read_png_size(ByteReader& reader, Entry& entry) {
  if (reader.size() < entry.data || reader.size() - entry.data < 24) return;
  reader.seek(entry.data);
  if (reader.big_endian<std::uint64_t>() != png_signature) return;
  reader.skip(8);
  const auto width = reader.big_endian<std::uint32_t>();
  const auto height = reader.big_endian<std::uint32_t>();
  if (width != 0 && height != 0) {
    entry.width = width;
    entry.height = height;
  }
}

}  // namespace

ImageHeader read_ico_header(ByteReader& reader, ImageFormat format) {
  reader.skip(4);
  const std::uint32_t count = reader.little_endian<std::uint16_t>();
  if (count == 0) {
    // The four-byte signature is weak: Targa images begin with it, too.
    throw Error(ErrorCode::unsupported_format,
                "Not a known image format: an icon file without images");
  }
  if (count * entry_size > reader.remaining()) {
    reader.fail("the directory of " + std::to_string(count) + " images is incomplete");
  }
  Entry largest;
  for (std::uint32_t i = 0; i < count; ++i) {
    reader.seek(directory_size + i * entry_size);
    Entry entry;
    entry.width = reader.u8();
    entry.height = reader.u8();
    if (entry.width == 0) entry.width = 256;
    if (entry.height == 0) entry.height = 256;
    reader.skip(10);
    entry.data = reader.little_endian<std::uint32_t>();
    if (entry.data < directory_size + count * entry_size || entry.data >= reader.size()) {
      reader.fail("image " + std::to_string(i + 1) + " is outside the file");
    }
    read_png_size(reader, entry);
    if (std::uint64_t{entry.width} * entry.height > std::uint64_t{largest.width} * largest.height) {
      largest = entry;
    }
  }
  ImageHeader header;
  header.format = format;
  header.width = largest.width;
  header.height = largest.height;
  header.frames = count;
  header.has_alpha = true;  // Every icon has at least a mask.
  return header;
}

}  // namespace imagegallery
