// SPDX-License-Identifier: Apache-2.0
#include "image/gif_structure.hpp"

#include <imagegallery/error.hpp>

#include <string>
#include <string_view>

#include "catch.hpp"
#include "test_images.hpp"

using namespace imagegallery;
using std::string_view_literals::operator""sv;

namespace {

GifStructure structure_of(const Bytes& bytes) {
  const auto source = make_view_source(bytes);
  ByteReader reader(*source, "GIF");
  return read_gif_structure(reader);
}

GifStructure structure_of(std::string_view text) {
  const auto bytes = as_bytes(text);
  return structure_of(Bytes(bytes.begin(), bytes.end()));
}

}  // namespace

TEST_CASE("Canvas size, number of frames and the first frame's position are read") {
  const GifStructure gif = structure_of(test::image_file("gif-offset-animation.gif"));
  CHECK(gif.width == 64);
  CHECK(gif.height == 48);
  CHECK(gif.frames == 2);
  CHECK(gif.frame_left == 32);
  CHECK(gif.frame_top == 24);
  CHECK(gif.frame_width == 32);
  CHECK(gif.frame_height == 24);
  CHECK_FALSE(gif.is_transparent);
  CHECK_FALSE(gif.carries_metadata);
  CHECK(gif.is_complete);
  CHECK(structure_of(test::image_file("gif-transparent.gif")).is_transparent);
}

TEST_CASE("A missing trailer is accepted, a truncated block is not") {
  Bytes bytes = test::image_file("gif-plain.gif");
  bytes.pop_back();
  CHECK(structure_of(bytes).is_complete);
  bytes.pop_back();
  CHECK_FALSE(structure_of(bytes).is_complete);
  CHECK(structure_of(bytes).frames == 1);
}

TEST_CASE("Stray bytes are accepted after a frame, but not before") {
  Bytes bytes = test::image_file("gif-plain.gif");
  bytes.back() = std::byte{0};
  CHECK(structure_of(bytes).is_complete);
  CHECK_FALSE(structure_of("GIF89a\x01\x00\x01\x00\x00\x00\x00zzzz"sv).is_complete);
}

TEST_CASE("A screen smaller than its image is enlarged") {
  const auto empty_screen =
      "GIF89a\x00\x00\x00\x00\x00\x00\x00,\x02\x00\x03\x00\x0A\x00\x14\x00\x00\x02\x00;"sv;
  const GifStructure gif = structure_of(empty_screen);
  CHECK(gif.width == 12);
  CHECK(gif.height == 23);
}

TEST_CASE("A GIF without a screen descriptor is broken") {
  CHECK_THROWS_AS(structure_of("GIF89a\x01\x00\x01"sv), Error);
}

TEST_CASE("Application data other than for looping is metadata") {
  const std::string start("GIF89a\x01\x00\x01\x00\x00\x00\x00!\xFF\x0B"sv);
  CHECK_FALSE(
      structure_of(start + std::string("NETSCAPE2.0\x03\x01\x00\x00\x00;"sv)).carries_metadata);
  CHECK(structure_of(start + std::string("XMP DataXMP\x01z\x00;"sv)).carries_metadata);
}
