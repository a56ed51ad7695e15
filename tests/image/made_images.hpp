// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace imagegallery::test {

// Generated images, for tests whose committed file would be large or would hide the point.

/// Appends `text` to bytes.
void append(Bytes& bytes, std::string_view text);

/// One chunk with its checksum.
[[nodiscard]] Bytes png_chunk(std::string_view type, ByteView data);

/// Parameters of a PNG: its IHDR, and extra chunks before and after the pixels.
struct PngRecipe {
  std::uint32_t width = 1;
  std::uint32_t height = 1;
  std::uint8_t bit_depth = 8;
  std::uint8_t color_type = 0;  ///< 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha.
  std::uint8_t interlace = 0;
  Bytes chunks_before = {};
  Bytes chunks_after = {};
};

/// `scanlines` are the filter bytes and samples before compression.
[[nodiscard]] Bytes make_png(const PngRecipe& recipe, ByteView scanlines);

/// Filter bytes and samples of a PNG with all bytes of samples equal to `sample`.
[[nodiscard]] Bytes uniform_scanlines(std::size_t row_bytes, std::size_t rows, std::uint8_t sample);

/// Parameters of a JPEG written by libjpeg.
struct JpegRecipe {
  std::uint32_t width = 1;
  std::uint32_t height = 1;
  int components = 3;         ///< 1 grey, 3 RGB, 4 CMYK.
  int stored_components = 0;  ///< J_COLOR_SPACE to store; 0: libjpeg's choice.
  bool progressive = false;
  bool writes_adobe_marker = true;
  bool sample_halves = true;  ///< Whether chroma is subsampled by two in both directions.
  int quality = 95;
};

[[nodiscard]] Bytes make_jpeg(const JpegRecipe& recipe, const std::vector<std::uint8_t>& samples);

/// A photo-like image: smooth, with edges and fine grain. `channels` samples per pixel.
[[nodiscard]] std::vector<std::uint8_t> grainy_samples(std::uint32_t width, std::uint32_t height,
                                                       unsigned channels);

}  // namespace imagegallery::test
