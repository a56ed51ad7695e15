// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/preview.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "image/row_reader.hpp"
#include "made_images.hpp"
#include "previews.hpp"
#include "test_images.hpp"

using namespace imagegallery;
using test::error_of_preview;
using test::image_file;

namespace {

using SetLimit = std::function<void(DecodeBudget&, std::uint64_t)>;

/// Checks that a limit of `needed` - 1 rejects the image with an error naming that field, and that
/// `needed` and `needed` + 1 accept it.
void check_boundary(ByteView image, const SetLimit& set, std::uint64_t needed,
                    const std::string& field) {
  CAPTURE(field, needed);
  DecodeBudget budget;
  set(budget, needed - 1);
  const auto below = error_of_preview(image, budget);
  REQUIRE(below);
  CHECK(below->code() == ErrorCode::limit_exceeded);
  CHECK_THAT(below->what(), ContainsSubstring(field));
  set(budget, needed);
  CHECK_FALSE(error_of_preview(image, budget));
  set(budget, needed + 1);
  CHECK_FALSE(error_of_preview(image, budget));
}

const SetLimit set_pixels = [](DecodeBudget& budget, std::uint64_t limit) {
  budget.max_pixels = limit;
};
const SetLimit set_side = [](DecodeBudget& budget, std::uint64_t limit) {
  budget.max_side = static_cast<std::uint32_t>(limit);
};
const SetLimit set_scans = [](DecodeBudget& budget, std::uint64_t limit) {
  budget.max_scans = static_cast<std::uint32_t>(limit);
};
const SetLimit set_frames = [](DecodeBudget& budget, std::uint64_t limit) {
  budget.max_frames = static_cast<std::uint32_t>(limit);
};
const SetLimit set_chunk_bytes = [](DecodeBudget& budget, std::uint64_t limit) {
  budget.max_chunk_bytes = limit;
};
const SetLimit set_memory = [](DecodeBudget& budget, std::uint64_t limit) {
  budget.max_memory_bytes = limit;
};

/// The minimum memory budget with which the preview succeeds.
std::uint64_t memory_needed(ByteView image) {
  std::uint64_t too_little = 0;
  std::uint64_t enough = DecodeBudget{}.max_memory_bytes;
  while (enough - too_little > 1) {
    const std::uint64_t middle = too_little + (enough - too_little) / 2;
    DecodeBudget budget;
    budget.max_memory_bytes = middle;
    (error_of_preview(image, budget) ? too_little : enough) = middle;
  }
  return enough;
}

}  // namespace

TEST_CASE("Pixels, width and height are limited for every raster format, decoded or not") {
  for (const auto* const name :
       {"png-rgb.png", "jpeg-baseline.jpg", "gif-plain.gif", "webp-lossy.webp", "avif-plain.avif",
        "heic-plain.heic", "jxl-codestream.jxl", "jpeg-exif-6.jpg"}) {
    CAPTURE(name);
    check_boundary(image_file(name), set_pixels, 64 * 48, "max_pixels");
    check_boundary(image_file(name), set_side, 64, "max_side");
  }
  for (const auto* const name : {"bmp-core.bmp", "ico-two.ico", "tiff-big.tiff", "psd-rgb.psd"}) {
    CAPTURE(name);
    check_boundary(image_file(name), set_pixels, 16 * 12, "max_pixels");
    check_boundary(image_file(name), set_side, 16, "max_side");
  }
}

TEST_CASE("The pixel limits do not apply to SVG") {
  CHECK_FALSE(error_of_preview(as_bytes("<svg width='1000000' height='1000000'/>")));
}

TEST_CASE("Scans of progressive JPEGs are limited") {
  check_boundary(image_file("jpeg-progressive.jpg"), set_scans, 10, "max_scans");
  check_boundary(image_file("jpeg-three-scans.jpg"), set_scans, 3, "max_scans");
  DecodeBudget none;
  none.max_scans = 0;
  CHECK_FALSE(error_of_preview(image_file("jpeg-baseline.jpg"), none));
}

TEST_CASE("Frames and pages are limited, decoded or not") {
  for (const auto* const name :
       {"gif-offset-animation.gif", "png-animation.png", "webp-animation.webp", "ico-two.ico"}) {
    CAPTURE(name);
    check_boundary(image_file(name), set_frames, 2, "max_frames");
  }
  check_boundary(image_file("tiff-pages.tiff"), set_frames, 3, "max_frames");
  check_boundary(image_file("avif-sequence.avif"), set_frames, 3, "max_frames");
}

TEST_CASE("The size of ancillary PNG chunks is limited, before and after the pixels") {
  const std::string text(5000, 'x');
  test::PngRecipe recipe{.width = 2, .height = 2};
  recipe.chunks_before = test::png_chunk("tEXt", as_bytes(text));
  check_boundary(test::make_png(recipe, test::uniform_scanlines(2, 2, 7)), set_chunk_bytes, 5000,
                 "max_chunk_bytes");
  test::PngRecipe after{.width = 2, .height = 2};
  after.chunks_after = test::png_chunk("prVt", as_bytes(text));
  check_boundary(test::make_png(after, test::uniform_scanlines(2, 2, 7)), set_chunk_bytes, 5000,
                 "max_chunk_bytes");
}

TEST_CASE("Memory is limited before it is allocated") {
  const auto samples = test::grainy_samples(320, 160, 3);
  const auto one_scan = test::make_jpeg({.width = 320, .height = 160}, samples);
  const auto progressive =
      test::make_jpeg({.width = 320, .height = 160, .progressive = true}, samples);
  const Bytes rows(std::size_t{3 * 320 + 1} * 160);
  const auto png = test::make_png({.width = 320, .height = 160, .color_type = 2}, rows);
  // Each of Adam7's seven passes has at most as many rows, with a filter byte each.
  const Bytes passes(rows.size() + 7 * 160);
  const auto interlaced =
      test::make_png({.width = 320, .height = 160, .color_type = 2, .interlace = 1}, passes);
  const std::uint64_t of_one_scan = memory_needed(one_scan);
  const std::uint64_t of_progressive = memory_needed(progressive);
  const std::uint64_t of_png = memory_needed(png);
  const std::uint64_t of_interlaced = memory_needed(interlaced);
  check_boundary(one_scan, set_memory, of_one_scan, "max_memory_bytes");
  check_boundary(progressive, set_memory, of_progressive, "max_memory_bytes");
  check_boundary(png, set_memory, of_png, "max_memory_bytes");
  check_boundary(interlaced, set_memory, of_interlaced, "max_memory_bytes");
  // Buffered as a whole: coefficients of 1.5 samples per pixel, and rows of 3 bytes per pixel.
  CHECK(of_progressive - of_one_scan == 320 * 160 * 3);
  CHECK(of_interlaced - of_png == 320 * 160 * 3);
  // The indices of an interlaced GIF are buffered, too.
  const Bytes interlaced_gif = image_file("gif-interlaced.gif");
  const std::uint64_t of_interlaced_gif = memory_needed(interlaced_gif);
  check_boundary(interlaced_gif, set_memory, of_interlaced_gif, "max_memory_bytes");
  CHECK(of_interlaced_gif - memory_needed(image_file("gif-plain.gif")) == 64 * 48);
}

TEST_CASE("Every pass over the pixels counts as work, in all formats") {
  // Uniform images: so few bytes that reading them costs no work worth mentioning.
  constexpr std::uint32_t side = 1000;
  const auto readings = [](ByteView bytes) {
    static int count;
    const DecodeMeter::CpuClock clock = []() noexcept {
      ++count;
      return std::chrono::nanoseconds{0};
    };
    const DecodeBudget budget;
    DecodeMeter meter(budget, clock);
    const auto source = make_view_source(bytes);
    const auto format = read_header(*source).format;
    count = 0;
    const auto rows = format == ImageFormat::jpeg  ? read_jpeg_rows(*source, meter, side, side)
                      : format == ImageFormat::png ? read_png_rows(*source, meter)
                                                   : read_gif_rows(*source, meter);
    std::vector<std::uint8_t> row(rows->layout().row_bytes());
    const int before_rows = count;
    for (std::uint32_t y = 0; y < rows->layout().height; ++y) rows->read_row(row);
    rows->finish();
    return std::pair{before_rows, count - before_rows};
  };
  const std::vector<std::uint8_t> grey(std::size_t{side} * side, 128);
  const auto one_scan =
      readings(test::make_jpeg({.width = side, .height = side, .components = 1}, grey));
  const auto progressive = readings(
      test::make_jpeg({.width = side, .height = side, .components = 1, .progressive = true}, grey));
  const auto png = readings(
      test::make_png({.width = side, .height = side}, test::uniform_scanlines(side, side, 128)));
  const auto interlaced = readings(test::make_png({.width = side, .height = side, .interlace = 1},
                                                  Bytes(std::size_t{side} * side + 20 * side)));
  CHECK(one_scan.first < 5);
  CHECK(one_scan.second >= 10);
  // libjpeg's progression has six scans for grey, each over all pixels. The last row of blocks of
  // each does not count.
  CHECK(progressive.first > 5 * 10);
  CHECK(progressive.second >= 10);
  CHECK(png.first < 5);
  CHECK(png.second >= 10);
  // Seven passes, a quarter of whose rows are work on average.
  CHECK(interlaced.first >= 7 * 10 / 4);
  CHECK(interlaced.second < 5);
}

TEST_CASE("Memory does not grow with the height of an image that is read row by row") {
  const auto need = [](std::uint32_t height) {
    return memory_needed(
        test::make_png({.width = 300, .height = height}, test::uniform_scanlines(300, height, 5)));
  };
  CHECK(need(3000) < need(300) + 50'000);
}

TEST_CASE("CPU time is limited") {
  DecodeBudget budget;
  budget.max_cpu_time = std::chrono::milliseconds(0);
  for (const auto* const name : {"png-rgb.png", "jpeg-baseline.jpg", "gif-plain.gif"}) {
    CAPTURE(name);
    const auto error = error_of_preview(image_file(name), budget);
    REQUIRE(error);
    CHECK(error->code() == ErrorCode::limit_exceeded);
    CHECK_THAT(error->what(), ContainsSubstring("max_cpu_time"));
  }
}
