// SPDX-License-Identifier: Apache-2.0
#include "json/base64.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catch.hpp"

using namespace imagegallery;

namespace {

std::string encode(std::string_view bytes) {
  std::string text(static_cast<std::size_t>(base64_length(bytes.size())), '?');
  encode_base64(as_bytes(bytes), text);
  return text;
}

std::optional<std::string> decode(std::string_view text) {
  std::vector<std::byte> bytes(text.size() / 4 * 3);
  const auto count = decode_base64(std::span{text.data(), text.size()}, bytes);
  if (count < 0) return std::nullopt;
  return std::string{reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(count)};
}

}  // namespace

TEST_CASE("base64 agrees with the vectors of RFC 4648", "[json]") {
  const std::vector<std::pair<std::string, std::string>> vectors{{"", ""},
                                                                 {"f", "Zg=="},
                                                                 {"fo", "Zm8="},
                                                                 {"foo", "Zm9v"},
                                                                 {"foob", "Zm9vYg=="},
                                                                 {"fooba", "Zm9vYmE="},
                                                                 {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    CHECK(encode(bytes) == text);
    CHECK(decode(text) == bytes);
  }
}

TEST_CASE("base64 round-trips every byte", "[json]") {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(static_cast<unsigned char>(i));
  for (std::size_t start = 0; start < 3; ++start) {
    CHECK(decode(encode(bytes.substr(start))) == bytes.substr(start));
  }
}

TEST_CASE("base64 with an invalid character is rejected", "[json]") {
  const auto* const text =
      GENERATE("Zg=a", "Z===", "====", "Zg\n=", "Zm9*", "Zg==Zg==", "Zm9-", "Zm9_", "Zm 9");
  CHECK_FALSE(decode(text));
}

TEST_CASE("base64 with unused bits set in its last digit is rejected", "[json]") {
  CHECK_FALSE(decode("Zh=="));
  CHECK_FALSE(decode("Zm9="));
}

TEST_CASE("base64 with an invalid character in any place of any group is rejected", "[json]") {
  for (const std::string text : {"Zm9vYmFy", "Zm9vYmE=", "Zm9vYg=="}) {
    REQUIRE(decode(text));
    for (std::size_t place = 0; place < text.size(); ++place) {
      for (int c = 0; c < 256; ++c) {
        auto wrong = text;
        wrong[place] = static_cast<char>(static_cast<unsigned char>(c));
        // Padding is valid only at the end; test it separately.
        if (is_base64_digit(wrong[place]) || wrong[place] == '=') continue;
        CAPTURE(text, place, c);
        REQUIRE_FALSE(decode(wrong));
      }
      if (text[place] == '=' || place + 1 == text.size()) continue;
      auto padded = text;
      padded[place] = '=';
      CAPTURE(padded);
      CHECK_FALSE(decode(padded));
    }
  }
}

TEST_CASE("base64 has 64 digits", "[json]") {
  int digits = 0;
  for (int c = 0; c < 256; ++c) {
    digits += is_base64_digit(static_cast<char>(static_cast<unsigned char>(c))) ? 1 : 0;
  }
  CHECK(digits == 64);
  CHECK_FALSE(is_base64_digit('='));
}
