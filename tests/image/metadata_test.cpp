// SPDX-License-Identifier: Apache-2.0
#include "image/metadata.hpp"

#include <string>
#include <string_view>

#include "catch.hpp"
#include "made_images.hpp"
#include "test_images.hpp"

using namespace imagegallery;
using std::string_view_literals::operator""sv;

namespace {

bool carries(const Bytes& bytes, ImageFormat format) {
  return carries_metadata(*make_view_source(bytes), format);
}

Bytes with_chunk(std::string_view type) {
  test::PngRecipe recipe;
  recipe.chunks_before = test::png_chunk(type, as_bytes("data"));
  return test::make_png(recipe, test::uniform_scanlines(1, 1, 0));
}

/// A JPEG with an extra segment after SOI.
Bytes with_segment(std::string_view segment) {
  Bytes bytes = test::image_file("jpeg-baseline.jpg");
  const auto added = as_bytes(segment);
  bytes.insert(bytes.begin() + 2, added.begin(), added.end());
  return bytes;
}

}  // namespace

TEST_CASE("Plain images carry no metadata") {
  CHECK_FALSE(carries(test::image_file("png-rgb.png"), ImageFormat::png));
  CHECK_FALSE(carries(test::image_file("png-animation.png"), ImageFormat::png));
  CHECK_FALSE(carries(test::image_file("jpeg-baseline.jpg"), ImageFormat::jpeg));
  CHECK_FALSE(carries(test::image_file("jpeg-progressive.jpg"), ImageFormat::jpeg));
  CHECK_FALSE(carries(test::image_file("jpeg-ycck.jpg"), ImageFormat::jpeg));
  CHECK_FALSE(carries(test::image_file("gif-plain.gif"), ImageFormat::gif));
  CHECK_FALSE(carries(test::image_file("gif-offset-animation.gif"), ImageFormat::gif));
}

TEST_CASE("EXIF, XMP, IPTC, comments and texts are metadata") {
  CHECK(carries(test::image_file("png-text.png"), ImageFormat::png));
  CHECK(carries(test::image_file("png-exif-6.png"), ImageFormat::png));
  CHECK(carries(test::image_file("jpeg-comment.jpg"), ImageFormat::jpeg));
  CHECK(carries(test::image_file("jpeg-gps.jpg"), ImageFormat::jpeg));
  CHECK(carries(test::image_file("gif-comment.gif"), ImageFormat::gif));
}

TEST_CASE("Unknown chunks and segments count as metadata") {
  for (const auto* const type : {"tIME", "prVt", "caBX", "zTXt", "iTXt", "eXIf"}) {
    CAPTURE(type);
    CHECK(carries(with_chunk(type), ImageFormat::png));
  }
  for (const auto segment : {"\xFF\xE0\x00\x0AJFXX\x00\x10xx"sv, "\xFF\xE5\x00\x04xx"sv,
                             "\xFF\xE2\x00\x06MPF\x00"sv, "\xFF\xF0\x00\x04xx"sv,
                             "\xFF\xEE\x00\x10"
                             "Adobe and more"sv}) {
    CHECK(carries(with_segment(segment), ImageFormat::jpeg));
  }
}

TEST_CASE("Colour profiles are not metadata") {
  CHECK_FALSE(carries(with_chunk("iCCP"), ImageFormat::png));
  CHECK_FALSE(
      carries(with_segment("\xFF\xE2\x00\x10ICC_PROFILE\x00\x01\x01"sv), ImageFormat::jpeg));
}

TEST_CASE("Bytes after the end of the image are metadata") {
  for (const auto& [name, format] : {std::pair{"png-rgb.png", ImageFormat::png},
                                     std::pair{"jpeg-baseline.jpg", ImageFormat::jpeg},
                                     std::pair{"gif-plain.gif", ImageFormat::gif}}) {
    CAPTURE(name);
    Bytes bytes = test::image_file(name);
    test::append(bytes, "a film, perhaps");
    CHECK(carries(bytes, format));
  }
}

TEST_CASE("Stray bytes within a JPEG are metadata") {
  CHECK(carries(with_segment("stray"), ImageFormat::jpeg));
}
