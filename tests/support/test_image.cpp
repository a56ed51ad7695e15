// SPDX-License-Identifier: Apache-2.0
#include "support/test_image.hpp"

#include <png.h>

#include <cstdlib>
#include <random>
#include <stdexcept>
#include <vector>

imagegallery::Bytes make_test_png(std::uint32_t width, std::uint32_t height, std::uint32_t seed,
                                  bool noisy) {
  std::mt19937 random(seed);
  std::vector<std::uint8_t> pixels(std::size_t{3} * width * height);
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    pixels[i] = static_cast<std::uint8_t>(noisy ? random() : (i / 97 + seed * 31) & 0xff);
  }
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = width;
  image.height = height;
  image.format = PNG_FORMAT_RGB;
  png_alloc_size_t size = 0;
  if (png_image_write_get_memory_size(image, size, 0, pixels.data(), 0, nullptr) == 0) {
    throw std::runtime_error(image.message);
  }
  imagegallery::Bytes bytes(size);
  if (png_image_write_to_memory(&image, bytes.data(), &size, 0, pixels.data(), 0, nullptr) == 0) {
    throw std::runtime_error(image.message);
  }
  bytes.resize(size);
  return bytes;
}
