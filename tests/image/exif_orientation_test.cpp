// SPDX-License-Identifier: Apache-2.0
#include "image/exif_orientation.hpp"

#include <imagegallery/error.hpp>

#include <string>
#include <string_view>

#include "catch.hpp"

using namespace imagegallery;
using std::string_view_literals::operator""sv;

namespace {

std::uint32_t orientation_in(std::string_view block) {
  return read_exif_orientation(*make_view_source(as_bytes(block)), 0, block.size());
}

/// A block with one directory of one twelve-byte entry.
std::string block_of(std::string_view entry) {
  std::string block("MM\x00*\x00\x00\x00\x08\x00\x01"sv);
  block += entry;
  block.append(4, '\0');
  return block;
}

}  // namespace

TEST_CASE("The orientation is read in either byte order, with and without the EXIF prefix") {
  const std::string big = block_of("\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00"sv);
  CHECK(orientation_in(big) == 6);
  CHECK(orientation_in(std::string("Exif\0\0"sv) + big) == 6);
  CHECK(orientation_in(
            "II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x08\x00\x00\x00"
            "\x00\x00\x00\x00"sv) == 8);
}

TEST_CASE("A missing or invalid orientation is read as 1") {
  const auto entry = GENERATE("\x01\x12\x00\x03\x00\x00\x00\x01\x00\x00\x00\x00"sv,   // 0
                              "\x01\x12\x00\x03\x00\x00\x00\x01\x00\x09\x00\x00"sv,   // 9
                              "\x01\x12\x00\x03\x00\x00\x00\x02\x00\x06\x00\x00"sv,   // two values
                              "\x01\x12\x00\x02\x00\x00\x00\x01\x36\x00\x00\x00"sv,   // text
                              "\x01\x13\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00"sv);  // another tag
  CHECK(orientation_in(block_of(entry)) == 1);
}

TEST_CASE("The orientation may be a 32-bit number") {
  CHECK(orientation_in(block_of("\x01\x12\x00\x04\x00\x00\x00\x01\x00\x00\x00\x03"sv)) == 3);
}

TEST_CASE("The orientation of a damaged block is read as 1") {
  const std::string whole = block_of("\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00"sv);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CAPTURE(length);
    CHECK(orientation_in(std::string_view(whole).substr(0, length)) == 1);
  }
  std::string far = whole;
  far[4] = '\x7F';
  CHECK(orientation_in(far) == 1);
  std::string many = whole;
  many[8] = '\xFF';
  CHECK(orientation_in(many) == 1);
  CHECK(orientation_in("") == 1);
}

TEST_CASE("A block is not read past its end") {
  const std::string whole = block_of("\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00"sv);
  const auto source = make_source(whole);
  CHECK(read_exif_orientation(*source, 0, whole.size()) == 6);
  CHECK(read_exif_orientation(*source, 0, whole.size() - 1) == 1);
}

TEST_CASE("An error of the source is not mistaken for a damaged block") {
  class Failing final : public ByteSource {
   public:
    std::uint64_t size() const override { return 100; }
    std::size_t read_at(std::uint64_t, std::span<std::byte>) const override {
      throw Error(ErrorCode::corrupt_data, "a checksum is wrong");
    }
  };
  CHECK_THROWS_AS(read_exif_orientation(Failing(), 0, 100), Error);
}
