// SPDX-License-Identifier: Apache-2.0
#include "image/orientation.hpp"

#include <string>
#include <vector>

#include "catch.hpp"

using namespace imagegallery;

namespace {

Raster letters(std::uint32_t width, std::uint32_t height, const std::string& text) {
  return {width, height, 1, std::vector<std::uint8_t>(text.begin(), text.end())};
}

std::string text_of(const Raster& raster) {
  return std::string(raster.samples.begin(), raster.samples.end());
}

}  // namespace

// CIPA DC-008 §4.6.4 defines each orientation by the position of the stored first row and column.
TEST_CASE("Each EXIF orientation is turned upright") {
  struct Turn {
    std::uint32_t orientation;
    const char* upright;
    std::uint32_t width, height;
  };
  // Stored: ABC / DEF.
  const Turn turn =
      GENERATE(Turn{1, "ABCDEF", 3, 2}, Turn{2, "CBAFED", 3, 2}, Turn{3, "FEDCBA", 3, 2},
               Turn{4, "DEFABC", 3, 2}, Turn{5, "ADBECF", 2, 3}, Turn{6, "DAEBFC", 2, 3},
               Turn{7, "FCEBDA", 2, 3}, Turn{8, "CFBEAD", 2, 3});
  CAPTURE(turn.orientation);
  const Raster upright = apply_orientation(letters(3, 2, "ABCDEF"), turn.orientation);
  CHECK(text_of(upright) == turn.upright);
  CHECK(upright.width == turn.width);
  CHECK(upright.height == turn.height);
  CHECK(swaps_width_and_height(turn.orientation) == (turn.width == 2));
}

TEST_CASE("Unknown orientations leave the image unchanged") {
  CHECK(text_of(apply_orientation(letters(2, 1, "AB"), 0)) == "AB");
  CHECK(text_of(apply_orientation(letters(2, 1, "AB"), 9)) == "AB");
  CHECK_FALSE(swaps_width_and_height(0));
  CHECK_FALSE(swaps_width_and_height(9));
}

TEST_CASE("The channels of a pixel stay together when it moves") {
  const Raster stored{2, 1, 3, {1, 2, 3, 4, 5, 6}};
  CHECK(apply_orientation(stored, 2).samples == std::vector<std::uint8_t>{4, 5, 6, 1, 2, 3});
}
