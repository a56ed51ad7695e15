// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "image/row_reader.hpp"

namespace imagegallery {

/// A whole picture in memory, with rows as `RowLayout` describes them.
struct Raster {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  unsigned channels = 0;
  std::vector<std::uint8_t> samples;

  [[nodiscard]] std::size_t row_bytes() const noexcept { return std::size_t{width} * channels; }
};

/// Shrinks a picture while it is decoded, holding a few rows of it: a box filter by whole numbers
/// down to between two and four times the target, then Lanczos with three lobes. Transparent pixels
/// count for as much as they show.
///
/// Not thread safe. Throws: nothing but `std::bad_alloc`.
class Resampler {
 public:
  /// The target is no larger than the picture, on either side.
  Resampler(const RowLayout& from, std::uint32_t width, std::uint32_t height);

  /// Bytes that a resampler and its raster take.
  [[nodiscard]] static std::uint64_t memory_need(const RowLayout& from, std::uint32_t width,
                                                 std::uint32_t height) noexcept;

  /// Takes the next row of the picture. To be called for each of them.
  void add_row(std::span<const std::uint8_t> row);

  /// The shrunken picture; the resampler is spent.
  [[nodiscard]] Raster finish();

 private:
  /// The filter along one side: each output's weights upon consecutive inputs.
  struct Kernel {
    struct Taps {
      std::uint32_t first = 0;  ///< The first input that counts.
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

  /// Both run for one number of channels, so that compilers can unroll what they do to a pixel.
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

  std::vector<std::int32_t> box_sums_;  // One picture row of sums down the box.
  std::uint32_t box_rows_ = 0;
  std::vector<float> shrunken_row_;  // Behind the box filter, alpha multiplied in.
  std::uint32_t shrunken_y_ = 0;

  Kernel horizontal_;
  Kernel vertical_;
  std::uint32_t first_open_ = 0;  // Output rows before this one are finished.
  std::uint32_t open_rows_ = 0;   // Rows under way at once at most; they are used as a ring.
  std::vector<float> accumulators_;

  Raster result_;
  std::uint32_t copied_rows_ = 0;
};

}  // namespace imagegallery
