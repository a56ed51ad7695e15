// SPDX-License-Identifier: Apache-2.0
#include "image/decode_memory.hpp"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "image/decode_meter.hpp"
#include "made_images.hpp"
#include "previews.hpp"
#include "test_images.hpp"

using namespace imagegallery;

namespace {

using Presets = std::vector<PreviewPreset>;

const std::vector<Presets> preset_lists{
    {{"preview", 250}}, {{"tiny", 16}}, {{"preview", 250}, {"large", 640}, {"huge", 4096}}};

bool succeeds(ByteView image, const Presets& presets, std::uint64_t memory_bytes) {
  DecodeBudget budget;
  budget.max_memory_bytes = memory_bytes;
  try {
    (void)test::previews_of(image, presets, budget);
    return true;
  } catch (const Error&) {
    return false;
  }
}

std::uint64_t estimate(ByteView image, const Presets& presets, const DecodeBudget& budget = {}) {
  const auto source = make_view_source(image);
  return estimate_decode_memory(*source, read_header(*source), presets, budget);
}

std::vector<std::pair<std::string, Bytes>> made_images() {
  std::vector<std::pair<std::string, Bytes>> images;
  for (const auto& [width, height] : {std::pair<std::uint32_t, std::uint32_t>{640, 480},
                                      {2000, 30},
                                      {30, 2000},
                                      {17, 9},
                                      {1, 1}}) {
    const auto size = std::to_string(width) + 'x' + std::to_string(height);
    for (const bool progressive : {false, true}) {
      for (const int components : {1, 3, 4}) {
        for (const bool halves : {false, true}) {
          const auto samples =
              test::grainy_samples(width, height, static_cast<unsigned>(components));
          images.emplace_back("jpeg " + size + ' ' + std::to_string(components),
                              test::make_jpeg({.width = width,
                                               .height = height,
                                               .components = components,
                                               .progressive = progressive,
                                               .sample_halves = halves},
                                              samples));
        }
      }
    }
    for (const std::uint8_t color_type : std::initializer_list<std::uint8_t>{0, 2, 4, 6}) {
      const std::size_t samples =
          ((color_type & 2) != 0 ? 3u : 1u) + ((color_type & 4) != 0 ? 1u : 0u);
      for (const std::uint8_t depth : std::initializer_list<std::uint8_t>{8, 16}) {
        // Adam7 has seven passes, each with at most as many rows.
        const Bytes scanlines((samples * depth / 8 * width + 8) * height + 64 * (height + 8));
        const std::size_t plain = (samples * depth / 8 * width + 1) * height;
        images.emplace_back(
            "png " + size,
            test::make_png(
                {.width = width, .height = height, .bit_depth = depth, .color_type = color_type},
                ByteView{scanlines}.first(plain)));
        images.emplace_back("interlaced png " + size, test::make_png({.width = width,
                                                                      .height = height,
                                                                      .bit_depth = depth,
                                                                      .color_type = color_type,
                                                                      .interlace = 1},
                                                                     scanlines));
      }
    }
  }
  return images;
}

}  // namespace

TEST_CASE("No image needs more decode memory than estimated", "[decode]") {
  auto images = made_images();
  for (const auto& name : test::image_file_names()) {
    images.emplace_back(name, test::image_file(name));
  }
  int decoded = 0;
  for (const auto& [name, bytes] : images) {
    for (const auto& presets : preset_lists) {
      if (!succeeds(bytes, presets, DecodeBudget{}.max_memory_bytes)) continue;
      CAPTURE(name, presets.front().name);
      const auto estimated = estimate(bytes, presets);
      CHECK(succeeds(bytes, presets, estimated));
      if (estimated > 0) ++decoded;
    }
  }
  CHECK(decoded > 300);
}

TEST_CASE("The estimate of decode memory is not far above the need", "[decode]") {
  // A legal image that takes about a second: wide, but read row by row.
  const auto wide = test::make_png({.width = 65'535, .height = 2, .bit_depth = 16, .color_type = 2},
                                   test::uniform_scanlines(std::size_t{65'535} * 6, 2, 7));
  CHECK(estimate(wide, {{"preview", 250}}) < 8u << 20);
  CHECK(succeeds(wide, {{"preview", 250}}, estimate(wide, {{"preview", 250}})));
  // Progressive: all coefficients are held, 1.5 samples of two bytes for each pixel.
  const auto progressive = test::make_jpeg({.width = 2000, .height = 1500, .progressive = true},
                                           test::grainy_samples(2000, 1500, 3));
  const auto bytes = estimate(progressive, {{"preview", 250}});
  CHECK(bytes > 2000 * 1500 * 3);
  CHECK(bytes < 2 * 2000 * 1500 * 3);
}

TEST_CASE("The estimate of decode memory is at most the decode budget", "[decode]") {
  const auto image = test::image_file("jpeg-progressive.jpg");
  DecodeBudget budget;
  budget.max_memory_bytes = 1000;
  CHECK(estimate(image, {{"preview", 250}}, budget) == 1000);
}

TEST_CASE("What is not decoded needs no decode memory", "[decode]") {
  CHECK(estimate(test::image_file("webp-lossy.webp"), {{"preview", 250}}) == 0);
  CHECK(estimate(as_bytes("<svg width='9' height='9'/>"), {{"preview", 250}}) == 0);
  CHECK(estimate(test::image_file("png-rgb.png"), {}) == 0);
}
