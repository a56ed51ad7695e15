// SPDX-License-Identifier: Apache-2.0
#include "image/exif_orientation.hpp"
#include "image/header_readers.hpp"
#include "image/jpeg_segments.hpp"

namespace imagegallery {

ImageHeader read_jpeg_header(ByteReader& reader) {
  JpegSegments segments(reader);
  JpegSegment segment;
  ImageHeader header;
  bool saw_frame = false;
  bool saw_exif = false;
  while (segments.next(segment)) {
    if (segment.marker == jpeg_sos || segment.marker == jpeg_eoi) break;
    reader.seek(segment.data);
    if (segment.marker == jpeg_app_1 && !saw_exif && segment.length >= 6 &&
        reader.big_endian<std::uint32_t>() == fourcc("Exif")) {
      saw_exif = true;
      header.orientation = read_exif_orientation(reader.source(), segment.data, segment.length);
    }
    if (segment.is_frame() && !saw_frame) {
      if (segment.length < 6) reader.fail("the frame header is too short");
      saw_frame = true;
      reader.seek(segment.data + 1);
      header.height = reader.big_endian<std::uint16_t>();
      header.width = reader.big_endian<std::uint16_t>();
    }
  }
  if (!saw_frame) reader.fail("no frame header before the first scan or the end of the file");
  apply_orientation(header);
  return header;
}

}  // namespace imagegallery
