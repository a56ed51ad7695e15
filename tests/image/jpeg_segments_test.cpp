// SPDX-License-Identifier: Apache-2.0
#include "image/jpeg_segments.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "test_images.hpp"

using namespace imagegallery;
using std::string_view_literals::operator""sv;

namespace {

struct Walk {
  std::vector<int> markers;
  bool stray = false;
  std::uint64_t end = 0;
};

Walk walk(std::string_view bytes) {
  const auto source = make_view_source(as_bytes(bytes));
  ByteReader reader(*source, "JPEG");
  JpegSegments segments(reader);
  JpegSegment segment;
  Walk result;
  while (segments.next(segment)) result.markers.push_back(segment.marker);
  result.stray = segments.saw_stray_bytes();
  result.end = segments.end();
  return result;
}

}  // namespace

TEST_CASE("All segments are found, and the scan data between them is skipped") {
  const auto bytes =
      "\xFF\xD8\xFF\xE0\x00\x04JF\xFF\xDA\x00\x03x"
      "data\xFF\x00more\xFF\xD0restart\xFF\xD7\xFF\xDA\x00\x02second\xFF\xFF\xD9tail"sv;
  const Walk result = walk(bytes);
  CHECK(result.markers == std::vector<int>{0xE0, 0xDA, 0xDA, 0xD9});
  CHECK_FALSE(result.stray);
  CHECK(result.end == bytes.size() - 4);
}

TEST_CASE("Stray bytes between segments are skipped and reported") {
  const Walk result = walk("\xFF\xD8\xFF\xE0\x00\x02zz\xFF\x00\xFF\xDB\x00\x02\xFF\xD9"sv);
  CHECK(result.markers == std::vector<int>{0xE0, 0xDB, 0xD9});
  CHECK(result.stray);
}

TEST_CASE("A truncated file ends without an EOI segment") {
  const auto bytes = "\xFF\xD8\xFF\xE0\x00\x04JF\xFF\xDA\x00\x03xdata\xFF\xD9"sv;
  for (std::size_t length = 2; length < bytes.size(); ++length) {
    CAPTURE(length);
    const Walk result = walk(bytes.substr(0, length));
    CHECK((result.markers.empty() || result.markers.back() != 0xD9));
  }
}

TEST_CASE("A segment shorter than its own length field is empty") {
  const Walk result = walk("\xFF\xD8\xFF\xFE\x00\x01\xFF\xDB\x00\x02\xFF\xD9"sv);
  CHECK(result.markers == std::vector<int>{0xFE, 0xDB, 0xD9});
  CHECK_FALSE(result.stray);
}

TEST_CASE("Scans are counted without decoding, and a missing end marker is detected") {
  const auto count = [](std::string_view name) {
    return count_jpeg_scans(*make_source(test::image_file(name)));
  };
  CHECK(count("jpeg-baseline.jpg").count == 1);
  CHECK(count("jpeg-three-scans.jpg").count == 3);
  CHECK(count("jpeg-progressive.jpg").count == 10);
  CHECK(count("jpeg-progressive.jpg").has_end);
  Bytes cut = test::image_file("jpeg-progressive.jpg");
  cut.pop_back();
  CHECK_FALSE(count_jpeg_scans(*make_source(cut)).has_end);
}
