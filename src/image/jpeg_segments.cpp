// SPDX-License-Identifier: Apache-2.0
#include "image/jpeg_segments.hpp"

namespace imagegallery {
namespace {

constexpr std::uint8_t prefix = 0xFF;

bool has_no_data(std::uint8_t marker) noexcept {
  return marker == jpeg_tem || marker == jpeg_soi || marker == jpeg_eoi ||
         (marker >= jpeg_rst_0 && marker <= jpeg_rst_7);
}

}  // namespace

JpegSegments::JpegSegments(ByteReader& reader) : reader_(reader) {
  reader_.skip(2);
  next_ = reader_.position();
}

bool JpegSegments::next(JpegSegment& segment) {
  if (ended_) return false;
  reader_.seek(next_);
  while (true) {
    const std::uint64_t from = reader_.position();
    reader_.find(std::byte{prefix});
    if (!in_scan_ && reader_.position() != from) stray_ = true;
    while (reader_.remaining() != 0) {
      segment.marker = reader_.u8();
      if (segment.marker != prefix) break;
    }
    if (reader_.remaining() == 0 && segment.marker != jpeg_eoi) return false;
    const bool is_restart = segment.marker >= jpeg_rst_0 && segment.marker <= jpeg_rst_7;
    if (segment.marker == 0 || is_restart) {
      if (!in_scan_) stray_ = true;
      continue;
    }
    break;
  }
  segment.length = 0;
  segment.data = reader_.position();
  if (!has_no_data(segment.marker)) {
    if (reader_.remaining() < 2) return false;
    const std::uint32_t length = reader_.big_endian<std::uint16_t>();
    segment.data = reader_.position();
    // Shorter than its own length field: treated as empty, as decoders do.
    segment.length = length < 2 ? 0 : length - 2;
    if (reader_.remaining() < segment.length) return false;
    reader_.skip(segment.length);
  }
  next_ = reader_.position();
  in_scan_ = segment.marker == jpeg_sos;
  ended_ = segment.marker == jpeg_eoi;
  return true;
}

JpegScans count_jpeg_scans(const ByteSource& source) {
  ByteReader reader(source, "JPEG");
  JpegSegments segments(reader);
  JpegSegment segment;
  JpegScans scans;
  while (segments.next(segment)) {
    if (segment.marker == jpeg_sos) ++scans.count;
    if (segment.marker == jpeg_eoi) scans.has_end = true;
  }
  return scans;
}

}  // namespace imagegallery
