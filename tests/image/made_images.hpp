// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace imagegallery::test {

// Images that tests make, where a committed file would be large or would hide what matters.

/// Appends `text` to bytes.
void append(Bytes& bytes, std::string_view text);

/// One chunk with its checksum.
[[nodiscard]] Bytes png_chunk(std::string_view type, ByteView data);

/// How a PNG is made: its IHDR, and the chunks between that and its pixels.
struct PngRecipe {
  std::uint32_t width = 1;
  std::uint32_t height = 1;
  std::uint8_t bit_depth = 8;
  std::uint8_t color_type = 0;  ///< 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha.
  std::uint8_t interlace = 0;
  Bytes chunks_before = {};
  Bytes chunks_after = {};
};

/// `scanlines` are the filter bytes and samples as they are to be deflated.
[[nodiscard]] Bytes make_png(const PngRecipe& recipe, ByteView scanlines);

/// Filter bytes and samples of a PNG all of whose samples are that one byte.
[[nodiscard]] Bytes even_scanlines(std::size_t row_bytes, std::size_t rows, std::uint8_t sample);

/// How libjpeg writes a JPEG.
struct JpegRecipe {
  std::uint32_t width = 1;
  std::uint32_t height = 1;
  int components = 3;         ///< 1 grey, 3 RGB, 4 inks.
  int stored_components = 0;  ///< J_COLOR_SPACE to store; 0: libjpeg's choice.
  bool progressive = false;
  bool writes_adobe_marker = true;
  bool sample_halves = true;  ///< Whether chroma has half the samples either way.
  int quality = 95;
};

[[nodiscard]] Bytes make_jpeg(const JpegRecipe& recipe, const std::vector<std::uint8_t>& samples);

/// A photograph-like picture: smooth, with edges and fine grain. `channels` samples a pixel.
[[nodiscard]] std::vector<std::uint8_t> grainy_samples(std::uint32_t width, std::uint32_t height,
                                                       unsigned channels);

}  // namespace imagegallery::test
