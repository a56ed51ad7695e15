// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/error.hpp>
#include <limits>

#include "image/header_readers.hpp"
#include "image/tiff_directory.hpp"

namespace imagegallery {
namespace {

// Counting stops here: each directory of a chain may be anywhere in the file.
constexpr std::uint32_t max_pages_counted = 65'535;

std::uint32_t count_pages(TiffReader& tiff, std::uint64_t second, std::uint64_t first) {
  std::uint32_t pages = 1;
  // Brent's cycle detection: counting stops when a cycle is found.
  std::uint64_t remembered = first;
  std::uint32_t remember_at = 2;
  std::uint64_t offset = second;
  while (offset != 0 && offset != remembered && pages < max_pages_counted) {
    ++pages;
    if (pages == remember_at) {
      remembered = offset;
      remember_at *= 2;
    }
    try {
      offset = tiff.read_next(offset);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::broken_image) throw;
      --pages;  // The first page's header is still valid.
      break;
    }
  }
  return pages;
}

}  // namespace

ImageHeader read_tiff_header(ByteReader& reader) {
  TiffReader tiff(reader, reader.size());
  const TiffDirectory directory = tiff.read_directory(tiff.first());
  constexpr auto largest = std::numeric_limits<std::uint32_t>::max();
  if (directory.width > largest || directory.height > largest) {
    reader.fail("the width or height exceeds 2^32-1 pixels");
  }
  ImageHeader header;
  header.width = static_cast<std::uint32_t>(directory.width);
  header.height = static_cast<std::uint32_t>(directory.height);
  header.orientation = directory.orientation;
  header.has_alpha = directory.has_extra_samples;
  header.frames = count_pages(tiff, directory.next, tiff.first());
  apply_orientation(header);
  return header;
}

}  // namespace imagegallery
