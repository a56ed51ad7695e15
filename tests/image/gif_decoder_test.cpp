// SPDX-License-Identifier: Apache-2.0
#include "image/row_reader.hpp"

#include <imagegallery/error.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "made_images.hpp"

using namespace imagegallery;
using std::string_view_literals::operator""sv;

namespace {

/// Parameters of a GIF of four colours: red, green, blue and white.
struct GifRecipe {
  std::uint8_t width = 0;
  std::uint8_t height = 0;
  std::string extensions = {};  ///< Before the frame.
  std::uint8_t left = 0;
  std::uint8_t top = 0;
  std::uint8_t frame_width = 0;
  std::uint8_t frame_height = 0;
  bool interlaced = false;
};

/// LZW data that never uses a table: a clear code after every second pixel, all in three bits.
std::string lzw_of(std::string_view pixels) {
  constexpr unsigned clear = 4;
  constexpr unsigned end = 5;
  std::string data;
  unsigned pending = 0;
  unsigned bits = 0;
  const auto put = [&](unsigned code) {
    pending |= code << bits;
    for (bits += 3; bits >= 8; bits -= 8, pending >>= 8) data += static_cast<char>(pending & 0xFF);
  };
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    if (i % 2 == 0) put(clear);
    put(static_cast<unsigned>(pixels[i] - '0'));
  }
  put(end);
  data += static_cast<char>(pending & 0xFF);
  REQUIRE(data.size() < 256);
  return std::string("\x02") + static_cast<char>(data.size()) + data + '\0';
}

/// `pixels` has a digit from 0 to 3 for each pixel, in the order of the file.
Bytes make_gif(const GifRecipe& recipe, std::string_view pixels) {
  const auto u16 = [](std::uint8_t value) { return std::string{static_cast<char>(value), '\0'}; };
  std::string gif = "GIF89a" + u16(recipe.width) + u16(recipe.height);
  gif += "\x81\x00\x00"sv;
  gif += "\xFF\x00\x00\x00\xFF\x00\x00\x00\xFF\xFF\xFF\xFF"sv;
  gif += recipe.extensions;
  gif += "," + u16(recipe.left) + u16(recipe.top);
  gif += u16(recipe.frame_width) + u16(recipe.frame_height);
  gif += recipe.interlaced ? '\x40' : '\0';
  gif += lzw_of(pixels) + ";";
  Bytes bytes;
  test::append(bytes, gif);
  return bytes;
}

/// The rows, with a letter for each pixel: r, g, b, w, or '.' if transparent.
std::vector<std::string> rows_of(const Bytes& bytes) {
  const auto source = make_view_source(bytes);
  const DecodeBudget budget;
  DecodeMeter meter(budget);
  const auto reader = read_gif_rows(*source, meter);
  std::vector<std::string> rows;
  std::vector<std::uint8_t> row(reader->layout().row_bytes());
  for (std::uint32_t y = 0; y < reader->layout().height; ++y) {
    reader->read_row(row);
    std::string letters;
    for (std::size_t i = 0; i < row.size(); i += 4) {
      const bool is_white = row[i] == 255 && row[i + 1] == 255 && row[i + 2] == 255;
      const char color = is_white ? 'w' : row[i] == 255 ? 'r' : row[i + 1] == 255 ? 'g' : 'b';
      letters += row[i + 3] == 0 ? '.' : color;
    }
    rows.push_back(letters);
  }
  reader->finish();
  return rows;
}

using Rows = std::vector<std::string>;

const std::string transparent_index_1("!\xF9\x04\x01\x00\x00\x01\x00", 8);
const std::string no_transparent_index("!\xF9\x04\x00\x00\x00\x01\x00", 8);

}  // namespace

TEST_CASE("A GIF's canvas is transparent on all sides of its frame") {
  GifRecipe recipe{.width = 4, .height = 4, .left = 1, .top = 1};
  recipe.frame_width = 2;
  recipe.frame_height = 2;
  recipe.interlaced = GENERATE(false, true);
  CHECK(rows_of(make_gif(recipe, "0123")) == Rows{"....", ".rg.", ".bw.", "...."});
}

TEST_CASE("The part of a GIF's frame outside the canvas is not visible") {
  // A canvas smaller than its frame would be enlarged.
  GifRecipe recipe{.width = 3, .height = 3, .left = 2, .top = 2};
  recipe.frame_width = 2;
  recipe.frame_height = 2;
  recipe.interlaced = GENERATE(false, true);
  CHECK(rows_of(make_gif(recipe, "0123")) == Rows{"...", "...", "..r"});
  recipe.left = 3;
  CHECK(rows_of(make_gif(recipe, "0123")) == Rows{"...", "...", "..."});
  recipe.left = 0;
  recipe.top = 3;
  CHECK(rows_of(make_gif(recipe, "0123")) == Rows{"...", "...", "..."});
}

TEST_CASE("The rows of an interlaced GIF are in four passes") {
  GifRecipe recipe{.width = 1, .height = 9};
  recipe.frame_width = 1;
  recipe.frame_height = 9;
  recipe.interlaced = true;
  // Rows 0 and 8, then 4, then 2 and 6, then 1, 3, 5 and 7.
  CHECK(rows_of(make_gif(recipe, "012330123")) ==
        Rows{"r", "r", "w", "g", "b", "b", "w", "w", "g"});
}

TEST_CASE("Of several control extensions before a GIF's frame, the last one decides") {
  GifRecipe recipe{.width = 2, .height = 1};
  recipe.frame_width = 2;
  recipe.frame_height = 1;
  recipe.extensions = transparent_index_1;
  CHECK(rows_of(make_gif(recipe, "01")) == Rows{"r."});
  recipe.extensions = transparent_index_1 + no_transparent_index;
  CHECK(rows_of(make_gif(recipe, "01")) == Rows{"rg"});
  recipe.extensions = no_transparent_index + transparent_index_1;
  CHECK(rows_of(make_gif(recipe, "01")) == Rows{"r."});
}

TEST_CASE("A GIF's control extension of fewer than four bytes is ignored") {
  GifRecipe recipe{.width = 2, .height = 1};
  recipe.frame_width = 2;
  recipe.frame_height = 1;
  recipe.extensions = std::string("!\xF9\x03\x01\x00\x00\x00", 7);
  CHECK(rows_of(make_gif(recipe, "01")) == Rows{"rg"});
}

TEST_CASE("A GIF without a frame, or with an empty one, is broken") {
  const auto is_broken = [](const Bytes& bytes) {
    try {
      (void)rows_of(bytes);
      return false;
    } catch (const Error& error) {
      return error.code() == ErrorCode::broken_image;
    }
  };
  GifRecipe recipe{.width = 2, .height = 1};
  recipe.frame_width = 2;
  recipe.frame_height = 1;
  CHECK_FALSE(is_broken(make_gif(recipe, "01")));
  recipe.frame_height = 0;
  CHECK(is_broken(make_gif(recipe, "")));
  recipe.frame_width = 0;
  recipe.frame_height = 1;
  CHECK(is_broken(make_gif(recipe, "")));
  Bytes none;
  test::append(none, "GIF89a\x02\x00\x01\x00\x00\x00\x00;"sv);
  CHECK(is_broken(none));
}
