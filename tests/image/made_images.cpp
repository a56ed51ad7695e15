// SPDX-License-Identifier: Apache-2.0
#include "made_images.hpp"

#include <zlib.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

// libjpeg's header needs <cstdio> before it.
#include <jpeglib.h>

namespace imagegallery::test {
namespace {

void append_u32(Bytes& bytes, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<std::byte>(value >> shift & 0xFF));
  }
}

void append(Bytes& bytes, ByteView more) { bytes.insert(bytes.end(), more.begin(), more.end()); }

}  // namespace

void append(Bytes& bytes, std::string_view text) { append(bytes, as_bytes(text)); }

Bytes png_chunk(std::string_view type, ByteView data) {
  Bytes checked;
  append(checked, type);
  append(checked, data);
  Bytes chunk;
  append_u32(chunk, static_cast<std::uint32_t>(data.size()));
  append(chunk, checked);
  append_u32(chunk,
             static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(checked.data()),
                                              static_cast<uInt>(checked.size()))));
  return chunk;
}

Bytes make_png(const PngRecipe& recipe, ByteView scanlines) {
  Bytes header;
  append_u32(header, recipe.width);
  append_u32(header, recipe.height);
  for (const std::uint8_t field :
       {recipe.bit_depth, recipe.color_type, std::uint8_t{0}, std::uint8_t{0}, recipe.interlace}) {
    header.push_back(std::byte{field});
  }
  uLongf size = compressBound(scanlines.size());
  Bytes data(size);
  if (compress2(reinterpret_cast<Bytef*>(data.data()), &size,
                reinterpret_cast<const Bytef*>(scanlines.data()), scanlines.size(), 9) != Z_OK) {
    throw std::runtime_error("compress2");
  }
  data.resize(size);
  Bytes png;
  append(png, "\x89PNG\r\n\x1A\n");
  append(png, png_chunk("IHDR", header));
  append(png, recipe.chunks_before);
  append(png, png_chunk("IDAT", data));
  append(png, recipe.chunks_after);
  append(png, png_chunk("IEND", {}));
  return png;
}

Bytes uniform_scanlines(std::size_t row_bytes, std::size_t rows, std::uint8_t sample) {
  Bytes scanlines((row_bytes + 1) * rows, std::byte{sample});
  for (std::size_t y = 0; y < rows; ++y) scanlines[y * (row_bytes + 1)] = std::byte{0};
  return scanlines;
}

Bytes make_jpeg(const JpegRecipe& recipe, const std::vector<std::uint8_t>& samples) {
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* output = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &output, &size);
  jpeg.image_width = recipe.width;
  jpeg.image_height = recipe.height;
  jpeg.input_components = recipe.components;
  jpeg.in_color_space = recipe.components == 1   ? JCS_GRAYSCALE
                        : recipe.components == 3 ? JCS_RGB
                                                 : JCS_CMYK;
  jpeg_set_defaults(&jpeg);
  if (recipe.stored_components != 0) {
    jpeg_set_colorspace(&jpeg, static_cast<J_COLOR_SPACE>(recipe.stored_components));
  }
  jpeg_set_quality(&jpeg, recipe.quality, TRUE);
  if (!recipe.sample_halves) {
    jpeg.comp_info[0].h_samp_factor = 1;
    jpeg.comp_info[0].v_samp_factor = 1;
  }
  if (!recipe.writes_adobe_marker) jpeg.write_Adobe_marker = FALSE;
  if (recipe.progressive) jpeg_simple_progression(&jpeg);
  jpeg_start_compress(&jpeg, TRUE);
  const std::size_t row_bytes =
      std::size_t{recipe.width} * static_cast<unsigned>(recipe.components);
  while (jpeg.next_scanline < jpeg.image_height) {
    auto* row = const_cast<JSAMPROW>(samples.data() + jpeg.next_scanline * row_bytes);
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  const auto* begin = reinterpret_cast<const std::byte*>(output);
  Bytes bytes(begin, begin + size);
  std::free(output);
  return bytes;
}

std::vector<std::uint8_t> grainy_samples(std::uint32_t width, std::uint32_t height,
                                         unsigned channels) {
  std::vector<std::uint8_t> samples;
  samples.reserve(std::size_t{width} * height * channels);
  std::uint32_t noise = 1;
  for (std::uint32_t y = 0; y < height; ++y) {
    for (std::uint32_t x = 0; x < width; ++x) {
      for (unsigned c = 0; c < channels; ++c) {
        noise = noise * 1664525 + 1013904223;
        const double grain = (noise >> 24) / 16.0 - 8;
        const double wave = 60 * std::sin(x * (0.010 + 0.004 * c)) * std::cos(y * 0.013);
        const double edge = (x / 37 + y / 53) % 2 == 0 ? 20 : -20;
        samples.push_back(static_cast<std::uint8_t>(128 + wave + edge + grain));
      }
    }
  }
  return samples;
}

}  // namespace imagegallery::test
