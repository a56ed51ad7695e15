// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>

#include <cstdint>
#include <memory>
#include <span>

#include "image/decode_meter.hpp"

namespace imagegallery {

/// The format of decoded rows. Samples have 8 bits. Alpha, the last of 2 or 4 channels, is not
/// premultiplied.
struct RowLayout {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  unsigned channels = 0;  ///< 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha.

  std::uint32_t image_width = 0;  ///< Of the image in the file, before any scaling.
  std::uint32_t image_height = 0;

  /// The part of the rows covered by the image, if a decoder that scales down had to round up.
  double picture_width = 0;
  double picture_height = 0;

  /// Rows as large as the image.
  [[nodiscard]] static RowLayout of_image(std::uint32_t width, std::uint32_t height,
                                          unsigned channels) noexcept {
    return {width, height, channels, width, height, 1.0 * width, 1.0 * height};
  }

  [[nodiscard]] bool has_alpha() const noexcept { return channels == 2 || channels == 4; }
  [[nodiscard]] std::size_t row_bytes() const noexcept { return std::size_t{width} * channels; }
};

/// An open decoder that returns an image row by row, top to bottom as stored in the file.
class RowReader {
 public:
  RowReader() = default;
  RowReader(const RowReader&) = delete;
  RowReader& operator=(const RowReader&) = delete;
  virtual ~RowReader() = default;

  [[nodiscard]] virtual const RowLayout& layout() const noexcept = 0;

  /// Reads the next row; `row` has `layout().row_bytes()` bytes. Call it `height` times.
  /// Throws: `broken_image`, `limit_exceeded`, what the source throws.
  virtual void read_row(std::span<std::uint8_t> row) = 0;

  /// Call after the last row: checks the rest of the file. Throws: as `read_row`.
  virtual void finish() = 0;
};

// Each opens a file of its format, after checking the file's own header against the budget. Source
// and meter must outlive the reader. Throws: `broken_image`, `limit_exceeded`, what the source
// throws.

/// `width` and `height` are the largest size needed, before orientation: the rows are at least
/// about twice that size, or as large as the image. Returns null if the decoder lacks support for
/// the coding process (lossless, hierarchical, 12 bits, width or height over 65,500 pixels).
[[nodiscard]] std::unique_ptr<RowReader> read_jpeg_rows(const ByteSource& source,
                                                        DecodeMeter& meter, std::uint32_t width,
                                                        std::uint32_t height);

/// For an animation, reads the default image.
[[nodiscard]] std::unique_ptr<RowReader> read_png_rows(const ByteSource& source,
                                                       DecodeMeter& meter);

/// For an animation, reads the first frame on its canvas.
[[nodiscard]] std::unique_ptr<RowReader> read_gif_rows(const ByteSource& source,
                                                       DecodeMeter& meter);

}  // namespace imagegallery
