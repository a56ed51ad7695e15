// SPDX-License-Identifier: Apache-2.0
#include "image/exif_orientation.hpp"

#include <imagegallery/error.hpp>

#include "image/tiff_directory.hpp"

namespace imagegallery {

std::uint32_t read_exif_orientation(const ByteSource& source, std::uint64_t offset,
                                    std::uint64_t length) {
  try {
    ByteReader reader(source, "EXIF");
    reader.seek(offset);
    if (length >= 6 && reader.big_endian<std::uint32_t>() == fourcc("Exif")) {
      offset += 6;
      length -= 6;
    }
    reader.seek(offset);
    TiffReader tiff(reader, length);
    return tiff.read_directory(tiff.first()).orientation;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::broken_image) throw;
    return 1;
  }
}

}  // namespace imagegallery
