// SPDX-License-Identifier: Apache-2.0
#include "http/byte_range.hpp"

#include "catch.hpp"

#include <algorithm>
#include <charconv>
#include <random>
#include <string>
#include <vector>

using namespace imagegallery;
using Kind = ByteRange::Kind;

TEST_CASE("A byte range is applied as RFC 9110 specifies", "[http]") {
  struct Row {
    std::string field;
    std::uint64_t size;
    ByteRange range;
  };
  const ByteRange whole{};
  const ByteRange none{Kind::unsatisfiable, 0, 0};
  const auto part = [](std::uint64_t first, std::uint64_t last) {
    return ByteRange{Kind::part, first, last};
  };
  const std::vector<Row> rows{
      {"bytes=0-499", 10000, part(0, 499)},
      {"bytes=500-999", 10000, part(500, 999)},
      {"bytes=-500", 10000, part(9500, 9999)},
      {"bytes=9500-", 10000, part(9500, 9999)},
      {"bytes=0-0", 10000, part(0, 0)},
      {"bytes=-1", 10000, part(9999, 9999)},
      {"bytes=0-", 10000, part(0, 9999)},
      {"bytes=9999-9999", 10000, part(9999, 9999)},
      {"bytes=9999-10000", 10000, part(9999, 9999)},
      {"BYTES=0-1", 10, part(0, 1)},
      {" bytes=0-1 ", 10, part(0, 1)},
      {"bytes= 0-1 ,", 10, part(0, 1)},
      {"bytes=,,0-1", 10, part(0, 1)},
      {"bytes=-99999", 10, part(0, 9)},
      {"bytes=0-99999999999999999999999999", 10, part(0, 9)},
      {"bytes=-99999999999999999999999999", 10, part(0, 9)},
      {"bytes=10-", 10, none},
      {"bytes=10-20", 10, none},
      {"bytes=-0", 10, none},
      {"bytes=99999999999999999999999999-", 10, none},
      {"bytes=0-", 0, none},
      {"bytes=-5", 0, whole},
      {"bytes=0-1,3-4", 10, whole},
      {"bytes=0-1, -1", 10, whole},
      {"bytes=5-4", 10, whole},
      {"bytes=", 10, whole},
      {"bytes=-", 10, whole},
      {"bytes=,", 10, whole},
      {"bytes", 10, whole},
      {"", 10, whole},
      {"lines=0-1", 10, whole},
      {"bytes 0-1", 10, whole},
      {"bytes =0-1", 10, whole},
      {"bytes=a-b", 10, whole},
      {"bytes=0x0-1", 10, whole},
      {"bytes=0 - 1", 10, whole},
      {"bytes=--1", 10, whole},
      {"bytes=1-2-3", 10, whole},
      {"bytes=+1-2", 10, whole},
  };
  for (const auto& row : rows) {
    CAPTURE(row.field, row.size);
    CHECK(apply_range(row.field, row.size) == row.range);
  }
}

TEST_CASE("Random Range fields give the same result as a simple model of the grammar", "[http]") {
  // Handles one range only; any other form returns the whole.
  const auto model = [](std::string_view text, std::uint64_t size) -> ByteRange {
    if (text.substr(0, 6) != "bytes=") return {};
    text.remove_prefix(6);
    const auto dash = text.find('-');
    if (dash == std::string_view::npos) return {};
    const auto read = [](std::string_view digits) -> std::int64_t {
      std::int64_t value = -1;
      const auto end = digits.data() + digits.size();
      if (digits.empty() || digits[0] == '-') return -1;
      return std::from_chars(digits.data(), end, value).ptr == end ? value : -1;
    };
    const auto first = read(text.substr(0, dash));
    const auto last = read(text.substr(dash + 1));
    const auto length = static_cast<std::int64_t>(size);
    const ByteRange none{Kind::unsatisfiable, 0, 0};
    const auto part = [](std::int64_t a, std::int64_t b) {
      return ByteRange{Kind::part, static_cast<std::uint64_t>(a), static_cast<std::uint64_t>(b)};
    };
    if (dash == 0) {
      if (last < 0) return {};
      if (last == 0) return none;
      if (length == 0) return {};
      return part(std::max<std::int64_t>(0, length - last), length - 1);
    }
    const bool open = dash + 1 == text.size();
    if (first < 0 || (!open && (last < first))) return {};
    if (first >= length) return none;
    return part(first, open ? length - 1 : std::min(last, length - 1));
  };
  std::vector<std::string> mismatches;
  std::mt19937 random{7};
  constexpr std::string_view alphabet = "0123456789--x";
  for (int i = 0; i < 200'000; ++i) {
    std::string text = i % 50 == 0 ? "byte=" : "bytes=";
    const auto count = random() % 8;
    for (std::size_t k = 0; k < count; ++k) text += alphabet[random() % alphabet.size()];
    const auto size = static_cast<std::uint64_t>(random() % 200);
    if (apply_range(text, size) != model(text, size)) mismatches.push_back(text);
  }
  CHECK(mismatches == std::vector<std::string>{});
}

TEST_CASE("A request for ten thousand ranges returns the whole", "[http]") {
  std::string field = "bytes=0-0";
  for (int i = 1; i < 10'000; ++i) field += "," + std::to_string(i) + "-";
  CHECK(apply_range(field, 1u << 30).kind == Kind::whole);
}
