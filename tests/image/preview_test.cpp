// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/preview.hpp>

#include <imagegallery/error.hpp>

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "catch.hpp"
#include "image/metadata.hpp"
#include "made_images.hpp"
#include "previews.hpp"
#include "test_images.hpp"

using namespace imagegallery;
using test::Color;
using test::image_file;
using test::Picture;
using test::preview_of;
using test::previews_of;

namespace {

constexpr Color red{220, 40, 40, 255};
constexpr Color green{40, 180, 40, 255};
constexpr Color blue{40, 60, 220, 255};
constexpr Color yellow{230, 220, 60, 255};
constexpr Color transparent{0, 0, 0, 0};

Picture decoded(const Preview& preview) {
  REQUIRE(preview.bytes.has_value());
  const Picture picture = test::decode(*preview.bytes);
  CHECK(picture.width == preview.width);
  CHECK(picture.height == preview.height);
  return picture;
}

/// The colours at the centres of the four quarters.
std::array<Color, 4> quarters(const Picture& picture) {
  const std::uint32_t x = picture.width / 4;
  const std::uint32_t y = picture.height / 4;
  return {picture.at(x, y), picture.at(3 * x, y), picture.at(x, 3 * y), picture.at(3 * x, 3 * y)};
}

bool are_near(const std::array<Color, 4>& actual, const std::array<Color, 4>& expected,
              int tolerance) {
  for (std::size_t i = 0; i < actual.size(); ++i) {
    if (!test::is_near(actual[i], expected[i], tolerance)) return false;
  }
  return true;
}

std::string shown(const std::array<Color, 4>& colors) {
  std::string text;
  for (const Color& color : colors) {
    for (const int channel : color) text += std::to_string(channel) + ' ';
    text += "; ";
  }
  return text;
}

}  // namespace

TEST_CASE("Opaque images become JPEGs with the colours of the original") {
  const auto* const name = GENERATE(
      "png-rgb.png", "png-interlaced.png", "png-rgb-16.png", "png-palette.png", "jpeg-baseline.jpg",
      "jpeg-444.jpg", "jpeg-restart.jpg", "jpeg-progressive.jpg", "jpeg-arithmetic.jpg",
      "jpeg-arithmetic-progressive.jpg", "jpeg-rgb.jpg", "jpeg-three-scans.jpg", "jpeg-ycck.jpg",
      "jpeg-ycck-progressive.jpg", "gif-plain.gif", "gif-interlaced.gif", "png-exif-6.png",
      "jpeg-gps.jpg", "jpeg-exif-1.jpg", "jpeg-exif-2.jpg", "jpeg-exif-3.jpg", "jpeg-exif-4.jpg",
      "jpeg-exif-5.jpg", "jpeg-exif-6.jpg", "jpeg-exif-7.jpg", "jpeg-exif-8.jpg");
  CAPTURE(name);
  const Preview preview = preview_of(image_file(name), 32);
  CHECK(preview.format == ImageFormat::jpeg);
  CHECK(preview.width == 32);
  CHECK(preview.height == 24);
  const auto colors = quarters(decoded(preview));
  CAPTURE(shown(colors));
  CHECK(are_near(colors, {red, green, blue, yellow}, 9));
}

TEST_CASE("Images with transparent parts become PNGs that preserve them") {
  const auto* const name = GENERATE("png-rgba.png", "png-rgba-16-interlaced.png",
                                    "png-palette-trns.png", "gif-transparent.gif");
  CAPTURE(name);
  const Preview preview = preview_of(image_file(name), 32);
  CHECK(preview.format == ImageFormat::png);
  const auto colors = quarters(decoded(preview));
  CAPTURE(shown(colors));
  CHECK(are_near(colors, {red, green, transparent, yellow}, 1));
}

TEST_CASE("PNGs are compressed at a fast level") {
  const auto preview = preview_of(image_file("png-rgba.png"), 20);
  const auto text =
      std::string_view{reinterpret_cast<const char*>(preview.bytes->data()), preview.bytes->size()};
  // RFC 1950 §2.2: the top bits of the second byte are 1 for fast, 2 for the default.
  const auto flags = static_cast<unsigned char>(text.at(text.find("IDAT") + 5));
  CHECK(flags >> 6 == 1);
}

TEST_CASE("Formats without a decoder serve as their own previews") {
  const auto* const name =
      GENERATE("webp-lossy.webp", "bmp-windows.bmp", "ico-two.ico", "cur.cur", "tiff-little.tiff",
               "avif-plain.avif", "heic-plain.heic", "jxl-codestream.jxl", "psd-rgb.psd");
  CAPTURE(name);
  const Bytes bytes = image_file(name);
  const ImageHeader header = read_header(*make_view_source(bytes));
  const Preview preview = preview_of(bytes, 16);
  CHECK_FALSE(preview.bytes.has_value());
  CHECK(preview.format == header.format);
  CHECK(preview.width == header.width);
  CHECK(preview.height == header.height);
}

TEST_CASE("Opaque grey images become grey JPEGs") {
  const auto* const name = GENERATE("png-grey.png", "png-grey-16.png", "jpeg-grey.jpg");
  CAPTURE(name);
  const Preview preview = preview_of(image_file(name), 32);
  CHECK(preview.format == ImageFormat::jpeg);
  const auto colors = quarters(decoded(preview));
  CAPTURE(shown(colors));
  CHECK(are_near(colors,
                 {Color{78, 78, 78, 255}, Color{140, 140, 140, 255}, Color{67, 67, 67, 255},
                  Color{211, 211, 211, 255}},
                 4));
}

TEST_CASE("One-bit grey images and grey images with alpha keep their colours") {
  const auto one_bit = quarters(decoded(preview_of(image_file("png-grey-1.png"), 32)));
  CAPTURE(shown(one_bit));
  CHECK(are_near(one_bit,
                 {Color{0, 0, 0, 255}, Color{255, 255, 255, 255}, Color{0, 0, 0, 255},
                  Color{255, 255, 255, 255}},
                 4));
  const Preview preview = preview_of(image_file("png-grey-alpha.png"), 32);
  CHECK(preview.format == ImageFormat::png);
  const auto with_alpha = quarters(decoded(preview));
  CAPTURE(shown(with_alpha));
  CHECK(are_near(
      with_alpha,
      {Color{78, 78, 78, 255}, Color{140, 140, 140, 255}, transparent, Color{211, 211, 211, 255}},
      2));
}

TEST_CASE("Semi-transparent images stay semi-transparent") {
  const auto colors = quarters(decoded(preview_of(image_file("png-half-transparent.png"), 32)));
  CAPTURE(shown(colors));
  CHECK(are_near(colors,
                 {Color{220, 40, 40, 128}, Color{40, 180, 40, 128}, Color{40, 60, 220, 128},
                  Color{230, 220, 60, 128}},
                 1));
}

TEST_CASE("The first frame of an animation is at its position on the canvas") {
  const Preview gif = preview_of(image_file("gif-offset-animation.gif"), 32);
  CHECK(gif.format == ImageFormat::png);
  CHECK(gif.width == 32);
  CHECK(gif.height == 24);
  CHECK(are_near(quarters(decoded(gif)), {transparent, transparent, transparent, yellow}, 1));
  // The same two frames in an APNG, whose default image is the first of them.
  const Preview png = preview_of(image_file("png-animation.png"), 32);
  CHECK(are_near(quarters(decoded(png)), {transparent, transparent, transparent, yellow}, 1));
}

TEST_CASE("CMYK becomes RGB, inverted if Adobe's marker is present") {
  // Cyan, magenta, yellow and black of the four quarters; without Adobe, 255 is full ink.
  test::JpegRecipe recipe{.width = 64, .height = 48, .components = 4};
  recipe.writes_adobe_marker = GENERATE(true, false);
  recipe.stored_components = GENERATE(4, 5);  // JCS_CMYK and JCS_YCCK.
  if (!recipe.writes_adobe_marker && recipe.stored_components == 5) return;  // Ambiguous.
  CAPTURE(recipe.writes_adobe_marker, recipe.stored_components);
  std::vector<std::uint8_t> samples;
  for (int y = 0; y < 48; ++y) {
    for (int x = 0; x < 64; ++x) {
      // Full cyan; magenta and yellow; black at half; no ink.
      const std::array<int, 4> cmyk =
          y < 24 ? (x < 32 ? std::array{255, 0, 0, 0} : std::array{0, 255, 255, 0})
                 : (x < 32 ? std::array{0, 0, 0, 128} : std::array{0, 0, 0, 0});
      for (const int ink : cmyk) {
        samples.push_back(static_cast<std::uint8_t>(recipe.writes_adobe_marker ? 255 - ink : ink));
      }
    }
  }
  const auto colors = quarters(decoded(preview_of(test::make_jpeg(recipe, samples), 32)));
  CAPTURE(shown(colors));
  CHECK(are_near(colors,
                 {Color{0, 255, 255, 255}, Color{255, 0, 0, 255}, Color{127, 127, 127, 255},
                  Color{255, 255, 255, 255}},
                 8));
}

TEST_CASE("Previews of all presets are made at once, each with its name and size") {
  const auto samples = test::grainy_samples(1200, 800, 3);
  const Bytes jpeg = test::make_jpeg({.width = 1200, .height = 800}, samples);
  const auto previews =
      previews_of(jpeg, {{"preview", 250}, {"card", 512}, {"whole", 4096}, {"icon", 16}});
  REQUIRE(previews.size() == 4);
  const std::array<std::uint32_t, 4> widths{250, 512, 1200, 16};
  const std::array<std::uint32_t, 4> heights{167, 341, 800, 11};
  for (std::size_t i = 0; i < previews.size(); ++i) {
    CHECK(previews[i].width == widths[i]);
    CHECK(previews[i].height == heights[i]);
    (void)decoded(previews[i]);
  }
  CHECK(previews[1].preset == "card");
  CHECK(previews_of(jpeg, {}).empty());
}

TEST_CASE("Previews are never upscaled, and width and height are at least 1") {
  struct Shape {
    std::uint32_t width, height, to_width, to_height;
  };
  const Shape shape =
      GENERATE(Shape{1, 60000, 1, 250}, Shape{60000, 1, 250, 1}, Shape{3, 5, 3, 5},
               Shape{250, 250, 250, 250}, Shape{251, 250, 250, 249}, Shape{1, 1, 1, 1},
               Shape{4000, 10, 250, 1}, Shape{501, 375, 250, 187});
  CAPTURE(shape.width, shape.height);
  const Bytes png = test::make_png({.width = shape.width, .height = shape.height},
                                   test::uniform_scanlines(shape.width, shape.height, 90));
  const Preview preview = preview_of(png, 250);
  CHECK(preview.width == shape.to_width);
  CHECK(preview.height == shape.to_height);
  const std::vector<std::uint8_t> samples(std::size_t{shape.width} * shape.height, 90);
  const Bytes jpeg =
      test::make_jpeg({.width = shape.width, .height = shape.height, .components = 1}, samples);
  const Preview of_jpeg = preview_of(jpeg, 250);
  CHECK(of_jpeg.width == shape.to_width);
  CHECK(of_jpeg.height == shape.to_height);
  if (of_jpeg.bytes) CHECK(test::is_near(decoded(of_jpeg).pixels.back(), {90, 90, 90, 255}, 2));
}

TEST_CASE("A small original without metadata serves as its own preview") {
  const auto* const name =
      GENERATE("png-rgb.png", "png-grey-1.png", "png-half-transparent.png", "jpeg-arithmetic.jpg");
  CAPTURE(name);
  CHECK_FALSE(preview_of(image_file(name), 64).bytes.has_value());
  CHECK(preview_of(image_file(name), 63).bytes.has_value());
}

TEST_CASE("An original with metadata, or larger than its preview, is encoded again") {
  const auto* const name =
      GENERATE("png-text.png", "jpeg-comment.jpg", "jpeg-gps.jpg", "gif-comment.gif",
               "png-exif-6.png", "jpeg-exif-1.jpg", "jpeg-exif-6.jpg");
  CAPTURE(name);
  const Preview preview = preview_of(image_file(name), 250);
  CHECK(preview.width == 64);
  CHECK(preview.height == 48);
  CHECK(are_near(quarters(decoded(preview)), {red, green, blue, yellow}, 9));

  const auto samples = test::grainy_samples(200, 200, 3);
  const Bytes large = test::make_jpeg(
      {.width = 200, .height = 200, .sample_halves = false, .quality = 100}, samples);
  const Preview smaller = preview_of(large, 250);
  REQUIRE(smaller.bytes.has_value());
  CHECK(smaller.bytes->size() < large.size());
}

TEST_CASE("Encoded previews carry no metadata") {
  for (const auto* const name : {"jpeg-gps.jpg", "jpeg-exif-6.jpg", "png-text.png",
                                 "png-exif-6.png", "gif-comment.gif", "png-rgba.png"}) {
    CAPTURE(name);
    const Preview preview = preview_of(image_file(name), 40);
    REQUIRE(preview.bytes.has_value());
    const auto source = make_view_source(*preview.bytes);
    CHECK_FALSE(carries_metadata(*source, preview.format));
    const std::string text(reinterpret_cast<const char*>(preview.bytes->data()),
                           preview.bytes->size());
    CHECK(text.find("Exif") == std::string::npos);
    CHECK(text.find("Some") == std::string::npos);
    CHECK(text.find("where it was") == std::string::npos);
  }
}

TEST_CASE("A progressive JPEG has nearly the same preview as a baseline JPEG of the same image") {
  const auto samples = test::grainy_samples(2000, 1500, 3);
  test::JpegRecipe recipe{.width = 2000, .height = 1500, .quality = 90};
  recipe.sample_halves = GENERATE(true, false);
  const std::uint32_t max_side = GENERATE(100u, 250u, 500u, 1000u);
  CAPTURE(recipe.sample_halves, max_side);
  const Picture baseline = decoded(preview_of(test::make_jpeg(recipe, samples), max_side));
  recipe.progressive = true;
  const Picture progressive = decoded(preview_of(test::make_jpeg(recipe, samples), max_side));
  REQUIRE(progressive.pixels.size() == baseline.pixels.size());
  double sum = 0;
  for (std::size_t i = 0; i < baseline.pixels.size(); ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      const double difference = baseline.pixels[i][c] - progressive.pixels[i][c];
      sum += difference * difference;
    }
  }
  const double mean_square = sum / static_cast<double>(3 * baseline.pixels.size());
  CAPTURE(10 * std::log10(255 * 255 / mean_square));
  CHECK(mean_square < 1);  // 48 dB.
}

TEST_CASE("A progressive JPEG is read until every coefficient that its preview uses is exact") {
  // Coarse quantization, so that a coefficient's last bit is visible.
  const auto samples = test::grainy_samples(640, 480, 3);
  test::JpegRecipe recipe{.width = 640, .height = 480, .quality = 10};
  recipe.sample_halves = GENERATE(true, false);
  const std::uint32_t max_side = GENERATE(40u, 80u, 160u, 320u);  // Each scale of the decoder.
  CAPTURE(recipe.sample_halves, max_side);
  const Preview sequential = preview_of(test::make_jpeg(recipe, samples), max_side);
  recipe.progressive = true;
  const Preview progressive = preview_of(test::make_jpeg(recipe, samples), max_side);
  CHECK(progressive.bytes == sequential.bytes);
}
