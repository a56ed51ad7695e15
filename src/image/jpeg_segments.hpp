// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "image/byte_reader.hpp"

namespace imagegallery {

/// The markers that the library interprets (ITU-T T.81 table B.1).
enum JpegMarker : std::uint8_t {
  jpeg_sof_0 = 0xC0,
  jpeg_dht = 0xC4,
  jpeg_jpg = 0xC8,
  jpeg_dac = 0xCC,
  jpeg_sof_15 = 0xCF,
  jpeg_rst_0 = 0xD0,
  jpeg_rst_7 = 0xD7,
  jpeg_soi = 0xD8,
  jpeg_eoi = 0xD9,
  jpeg_sos = 0xDA,
  jpeg_app_0 = 0xE0,
  jpeg_app_1 = 0xE1,
  jpeg_app_2 = 0xE2,
  jpeg_app_14 = 0xEE,
  jpeg_app_15 = 0xEF,
  jpeg_com = 0xFE,
  jpeg_tem = 0x01,
};

/// One marker segment of a JPEG.
struct JpegSegment {
  std::uint8_t marker = 0;
  std::uint64_t data = 0;    ///< Offset after marker and length.
  std::uint32_t length = 0;  ///< Of the data; 0 for markers without data.

  /// Whether it is a frame header, of any coding process.
  [[nodiscard]] bool is_frame() const noexcept {
    return marker >= jpeg_sof_0 && marker <= jpeg_sof_15 && marker != jpeg_dht &&
           marker != jpeg_jpg && marker != jpeg_dac;
  }
};

/// Walks over the marker segments of a JPEG. Skips the entropy-coded data of scans without decoding
/// it, and stray bytes between segments, as decoders do.
class JpegSegments {
 public:
  /// `reader` is at SOI.
  explicit JpegSegments(ByteReader& reader);

  /// Reads the next segment other than RSTn; the last one is EOI. False after EOI, or if the file
  /// ends early, even within a segment.
  [[nodiscard]] bool next(JpegSegment& segment);

  /// The offset after the last segment returned by `next`.
  [[nodiscard]] std::uint64_t end() const noexcept { return next_; }

  /// Whether `next` skipped bytes that belong to no segment or scan.
  [[nodiscard]] bool saw_stray_bytes() const noexcept { return stray_; }

 private:
  ByteReader& reader_;
  std::uint64_t next_ = 0;
  bool in_scan_ = false;
  bool ended_ = false;
  bool stray_ = false;
};

/// The number of scans, and whether the file has its end marker.
struct JpegScans {
  std::uint64_t count = 0;
  bool has_end = false;
};

/// Counts scans without decoding, at the speed of a byte search. `source` is a JPEG.
/// Throws: what the source throws.
[[nodiscard]] JpegScans count_jpeg_scans(const ByteSource& source);

}  // namespace imagegallery
