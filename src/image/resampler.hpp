// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "image/row_reader.hpp"

namespace imagegallery {

/// A whole image in memory, with rows as described by `RowLayout`.
struct Raster {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  unsigned channels = 0;
  std::vector<std::uint8_t> samples;

  [[nodiscard]] std::size_t row_bytes() const noexcept { return std::size_t{width} * channels; }
};

/// Shrinks an image while it is decoded, buffering only a few rows: an integer box filter down to
/// two to four times the target size, then Lanczos with three lobes. Colours are weighted by alpha.
///
/// Not thread safe. Throws: only `std::bad_alloc`.
class Resampler {
 public:
  /// Requires: `width` and `height` do not exceed the image.
  Resampler(const RowLayout& from, std::uint32_t width, std::uint32_t height);

  /// Memory in bytes for a resampler and its raster.
  [[nodiscard]] static std::uint64_t memory_need(const RowLayout& from, std::uint32_t width,
                                                 std::uint32_t height) noexcept;

  /// Adds the next row of the image. Call it once for each row.
  void add_row(std::span<const std::uint8_t> row);

  /// Returns the shrunken image. The resampler cannot be used afterwards.
  [[nodiscard]] Raster finish();

 private:
  /// The filter along one axis: the weights of consecutive inputs for each output.
  struct Kernel {
    struct Taps {
      std::uint32_t first = 0;  ///< The first input with a weight.
      std::uint32_t count = 0;
      std::size_t weights = 0;  ///< Index of the first weight.
    };
    std::vector<Taps> taps;
    std::vector<float> weights;
  };

  [[nodiscard]] static Kernel make_kernel(double scale, std::uint32_t inputs,
                                          std::uint32_t outputs);

  void add_to_box(std::span<const std::uint8_t> row);
  void finish_box();
  void add_shrunken_row();
  void finish_output_row(std::uint32_t y);

  /// Templates on the number of channels, so that compilers can unroll the loop over a pixel.
  template <std::size_t Channels>
  void average_columns();
  template <std::size_t Channels>
  void filter_across(std::span<const float> sums, std::uint8_t* to) const;

  [[nodiscard]] std::span<float> accumulator(std::uint32_t y) noexcept;

  const RowLayout from_;
  const std::uint32_t box_width_;
  const std::uint32_t box_height_;
  const bool copies_;
  const std::uint32_t shrunken_width_;
  const std::uint32_t shrunken_height_;

  std::vector<std::int32_t> box_sums_;  // Column sums of the current box, one image row wide.
  std::uint32_t box_rows_ = 0;
  std::vector<float> shrunken_row_;  // Output of the box filter, with premultiplied alpha.
  std::uint32_t shrunken_y_ = 0;

  Kernel horizontal_;
  Kernel vertical_;
  std::uint32_t first_open_ = 0;  // Output rows before this one are finished.
  std::uint32_t open_rows_ = 0;   // Maximum number of rows in progress, used as a ring buffer.
  std::vector<float> accumulators_;

  Raster result_;
  std::uint32_t copied_rows_ = 0;
};

}  // namespace imagegallery
