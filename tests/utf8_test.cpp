// SPDX-License-Identifier: Apache-2.0
#include "utf8.hpp"

#include "catch.hpp"
#include "percent_encoding.hpp"

using namespace imagegallery;

TEST_CASE("Every scalar value is encoded and decoded", "[utf8]") {
  for (char32_t c = 0; c <= 0x10ffff; c = c == 0xd7ff ? 0xe000 : c + 1) {
    std::string text;
    append_utf8(text, c);
    std::size_t at = 0;
    const auto read = next_character(text, at);
    if (read != c || at != text.size()) FAIL("U+" << std::hex << static_cast<unsigned>(c));
  }
}

TEST_CASE("Sequences that RFC 3629 forbids are not UTF-8", "[utf8]") {
  for (const std::string text :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xed\xbf\xbf",
        "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xff", "\xc3", "\xe2\x82",
        "\xf0\x9f\x98", "\xc3(", "a\xe2(\xa1"}) {
    CHECK_FALSE(is_utf8(text));
  }
  CHECK(is_utf8("\xf4\x8f\xbf\xbf"));
}

TEST_CASE("Control characters of both sets are not printable", "[utf8]") {
  CHECK(is_printable_utf8("a \xc2\xa0 \xf0\x9f\x98\x80"));
  for (const std::string text : {"\n", "\x1f", "\x7f", "\xc2\x80", "\xc2\x9f", "\xff"}) {
    CHECK_FALSE(is_printable_utf8(text));
  }
  CHECK_FALSE(is_printable_utf8(std::string(1, '\0')));
}

TEST_CASE("A prefix never splits a character", "[utf8]") {
  const std::string text = "a\xc3\xa9\xf0\x9f\x98\x80";
  CHECK(utf8_prefix(text, 7) == text);
  CHECK(utf8_prefix(text, 6) == "a\xc3\xa9");
  CHECK(utf8_prefix(text, 3) == "a\xc3\xa9");
  CHECK(utf8_prefix(text, 2) == "a");
  CHECK(utf8_prefix(text, 0).empty());
}

TEST_CASE("Percent encoding keeps unreserved characters and round-trips every byte", "[utf8]") {
  CHECK(percent_encode("a-Z_0.9~ /?%\xc3\xa9") == "a-Z_0.9~%20%2F%3F%25%C3%A9");
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(static_cast<unsigned char>(i));
  CHECK(percent_decode(percent_encode(all)) == all);
  CHECK(percent_decode("%c3%A9+") == "\xc3\xa9+");
  for (const char* wrong : {"%", "%4", "%4g", "%g4", "a%"}) CHECK_FALSE(percent_decode(wrong));
}
