// SPDX-License-Identifier: Apache-2.0
#include "image/resampler.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "catch.hpp"
#include "made_images.hpp"

using namespace imagegallery;

namespace {

Raster shrunken(const RowLayout& layout, const std::vector<std::uint8_t>& samples,
                std::uint32_t width, std::uint32_t height) {
  Resampler resampler(layout, width, height);
  for (std::uint32_t y = 0; y < layout.height; ++y) {
    resampler.add_row(std::span(samples).subspan(y * layout.row_bytes(), layout.row_bytes()));
  }
  return resampler.finish();
}

/// Lanczos with three lobes, directly from its definition, over the whole image.
std::vector<double> exact_lanczos(const std::vector<std::uint8_t>& samples, std::uint32_t width,
                                  std::uint32_t height, std::uint32_t to_width,
                                  std::uint32_t to_height) {
  const auto filter = [](double x) {
    if (x == 0) return 1.0;
    if (std::abs(x) >= 3) return 0.0;
    const double a = 3.14159265358979 * x;
    return 3 * std::sin(a) * std::sin(a / 3) / (a * a);
  };
  const auto weights = [&](std::uint32_t from, std::uint32_t to, std::uint32_t at) {
    const double scale = static_cast<double>(from) / to;
    std::vector<double> all(from);
    double sum = 0;
    for (std::uint32_t i = 0; i < from; ++i) {
      all[i] = filter((i + 0.5 - (at + 0.5) * scale) / scale);
      sum += all[i];
    }
    for (double& weight : all) weight /= sum;
    return all;
  };
  std::vector<double> result;
  for (std::uint32_t y = 0; y < to_height; ++y) {
    const auto down = weights(height, to_height, y);
    for (std::uint32_t x = 0; x < to_width; ++x) {
      const auto across = weights(width, to_width, x);
      double value = 0;
      for (std::uint32_t v = 0; v < height; ++v) {
        if (down[v] == 0) continue;
        for (std::uint32_t u = 0; u < width; ++u) {
          value += down[v] * across[u] * samples[v * width + u];
        }
      }
      result.push_back(std::clamp(value, 0.0, 255.0));
    }
  }
  return result;
}

/// The root mean square difference.
double difference(const Raster& raster, const std::vector<double>& expected) {
  double sum = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    sum += (raster.samples[i] - expected[i]) * (raster.samples[i] - expected[i]);
  }
  return std::sqrt(sum / static_cast<double>(expected.size()));
}

}  // namespace

TEST_CASE("A uniform image stays uniform at any size and shape") {
  struct Shape {
    std::uint32_t width, height, to_width, to_height;
  };
  const Shape shape =
      GENERATE(Shape{1, 1, 1, 1}, Shape{100, 80, 100, 80}, Shape{100, 80, 99, 79},
               Shape{640, 480, 16, 12}, Shape{641, 479, 250, 187}, Shape{1, 6000, 1, 250},
               Shape{6000, 1, 250, 1}, Shape{7, 5000, 1, 250}, Shape{1000, 3, 16, 1});
  CAPTURE(shape.width, shape.height, shape.to_width, shape.to_height);
  for (unsigned channels = 1; channels <= 4; ++channels) {
    const auto layout = RowLayout::of_image(shape.width, shape.height, channels);
    const std::vector<std::uint8_t> samples(layout.row_bytes() * layout.height, 200);
    const Raster raster = shrunken(layout, samples, shape.to_width, shape.to_height);
    REQUIRE(raster.samples.size() == std::size_t{shape.to_width} * shape.to_height * channels);
    CHECK(std::all_of(raster.samples.begin(), raster.samples.end(),
                      [](std::uint8_t sample) { return sample == 200; }));
  }
}

TEST_CASE("An image of the target size passes through unchanged") {
  const auto samples = test::grainy_samples(61, 33, 4);
  CHECK(shrunken(RowLayout::of_image(61, 33, 4), samples, 61, 33).samples == samples);
}

TEST_CASE("Shrinking by up to four is exact Lanczos") {
  const auto samples = test::grainy_samples(150, 110, 1);
  const auto layout = RowLayout::of_image(150, 110, 1);
  CHECK(difference(shrunken(layout, samples, 100, 73), exact_lanczos(samples, 150, 110, 100, 73)) <
        0.3);
  CHECK(difference(shrunken(layout, samples, 40, 29), exact_lanczos(samples, 150, 110, 40, 29)) <
        0.3);
}

TEST_CASE("Shrinking further differs from Lanczos by less than is visible") {
  const auto samples = test::grainy_samples(600, 440, 1);
  const auto layout = RowLayout::of_image(600, 440, 1);
  CHECK(difference(shrunken(layout, samples, 100, 73), exact_lanczos(samples, 600, 440, 100, 73)) <
        2.0);
  CHECK(difference(shrunken(layout, samples, 16, 12), exact_lanczos(samples, 600, 440, 16, 12)) <
        2.5);
}

TEST_CASE("The image is not shifted: mirroring before or after shrinking gives the same result") {
  const auto samples = test::grainy_samples(203, 90, 1);
  auto mirrored = samples;
  for (std::size_t y = 0; y < 90; ++y) {
    std::reverse(mirrored.begin() + static_cast<std::ptrdiff_t>(y * 203),
                 mirrored.begin() + static_cast<std::ptrdiff_t>((y + 1) * 203));
  }
  const auto layout = RowLayout::of_image(203, 90, 1);
  const Raster one = shrunken(layout, samples, 101, 45);
  const Raster other = shrunken(layout, mirrored, 101, 45);
  int worst = 0;
  for (std::size_t y = 0; y < 45; ++y) {
    for (std::size_t x = 0; x < 101; ++x) {
      worst =
          std::max(worst, std::abs(one.samples[y * 101 + x] - other.samples[y * 101 + 100 - x]));
    }
  }
  CHECK(worst <= 1);
}

TEST_CASE("The colour of transparent pixels does not bleed") {
  // White if opaque, black if transparent: the result must not contain grey.
  std::vector<std::uint8_t> samples;
  for (int i = 0; i < 64 * 64; ++i) {
    const bool is_opaque = (i / 3) % 2 == 0;
    const std::uint8_t value = is_opaque ? 255 : 0;
    samples.insert(samples.end(), {value, value});
  }
  const Raster raster = shrunken(RowLayout::of_image(64, 64, 2), samples, 20, 20);
  for (std::size_t i = 0; i < raster.samples.size(); i += 2) {
    const int color = raster.samples[i];
    const int alpha = raster.samples[i + 1];
    CAPTURE(color, alpha);
    CHECK((alpha == 0 || color >= 254));
    CHECK((alpha > 60 && alpha < 200));
  }
}

TEST_CASE("Fully transparent images become transparent black") {
  std::vector<std::uint8_t> samples;
  for (int i = 0; i < 64 * 64; ++i) samples.insert(samples.end(), {255, 0, 255, 0});
  const Raster raster = shrunken(RowLayout::of_image(64, 64, 4), samples, 20, 20);
  CHECK(std::all_of(raster.samples.begin(), raster.samples.end(),
                    [](std::uint8_t sample) { return sample == 0; }));
}

TEST_CASE("Sharp edges do not wrap around") {
  std::vector<std::uint8_t> samples;
  for (int y = 0; y < 50; ++y) {
    for (int x = 0; x < 90; ++x) samples.push_back(x < 45 ? 0 : 255);
  }
  const Raster raster = shrunken(RowLayout::of_image(90, 50, 1), samples, 31, 17);
  CHECK(raster.samples[0] == 0);
  CHECK(raster.samples[30] == 255);
  for (std::size_t x = 0; x < 31; ++x) {
    const int sample = raster.samples[8 * 31 + x];
    CHECK((x < 15 ? sample < 40 : x > 15 ? sample > 215 : true));
  }
}

TEST_CASE("The estimated memory of a resampler covers its buffers") {
  // Per column: 8 floats for rows in progress, one for the current row, and four bytes of sums.
  const auto layout = RowLayout::of_image(4000, 3000, 4);
  const std::uint64_t need = Resampler::memory_need(layout, 250, 188);
  CHECK(need >= 250u * 188u * 4u + 4000u * 4u * 4u);
  CHECK(need < 1'000'000);
}
