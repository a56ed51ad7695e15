// SPDX-License-Identifier: Apache-2.0
#include "test_images.hpp"

#include <png.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

// libjpeg's header needs <cstdio> before it.
#include <jpeglib.h>

namespace imagegallery::test {
namespace {

std::filesystem::path directory() {
  return std::filesystem::path(IMAGEGALLERY_TEST_DATA) / "images";
}

Picture decode_png(ByteView bytes) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()) == 0) {
    throw std::runtime_error(image.message);
  }
  image.format = PNG_FORMAT_RGBA;
  std::vector<std::uint8_t> samples(PNG_IMAGE_SIZE(image));
  if (png_image_finish_read(&image, nullptr, samples.data(), 0, nullptr) == 0) {
    throw std::runtime_error(image.message);
  }
  Picture picture{image.width, image.height, {}};
  for (std::size_t i = 0; i < samples.size(); i += 4) {
    picture.pixels.push_back({samples[i], samples[i + 1], samples[i + 2], samples[i + 3]});
  }
  return picture;
}

// libjpeg's default error handler exits the program: fine for bytes known to be valid.
Picture decode_jpeg(ByteView bytes) {
  jpeg_decompress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&jpeg);
  jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  jpeg_read_header(&jpeg, TRUE);
  jpeg.out_color_space = JCS_RGB;
  jpeg_start_decompress(&jpeg);
  Picture picture{jpeg.output_width, jpeg.output_height, {}};
  std::vector<std::uint8_t> row(std::size_t{3} * jpeg.output_width);
  while (jpeg.output_scanline < jpeg.output_height) {
    JSAMPROW target = row.data();
    jpeg_read_scanlines(&jpeg, &target, 1);
    for (std::size_t i = 0; i < row.size(); i += 3) {
      picture.pixels.push_back({row[i], row[i + 1], row[i + 2], 255});
    }
  }
  jpeg_destroy_decompress(&jpeg);
  return picture;
}

}  // namespace

Bytes image_file(std::string_view name) { return read_all(*open_file(directory() / name)); }

std::vector<std::string> image_file_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory())) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool is_near(const Color& a, const Color& b, int tolerance) {
  if (a[3] == 0 && b[3] == 0) return true;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::abs(a[i] - b[i]) > tolerance) return false;
  }
  return true;
}

Picture decode(ByteView bytes) {
  if (bytes.size() < 8) throw std::runtime_error("not an image");
  if (bytes[0] == std::byte{0xFF}) return decode_jpeg(bytes);
  return decode_png(bytes);
}

}  // namespace imagegallery::test
