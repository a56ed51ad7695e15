// SPDX-License-Identifier: Apache-2.0
#include "json/base64.hpp"

#include <array>
#include <string_view>

namespace imagegallery {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t invalid = 0xff;

constexpr auto values = [] {
  std::array<std::uint8_t, 256> table{};
  table.fill(invalid);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return table;
}();

std::uint32_t value_of(char c) { return values[static_cast<unsigned char>(c)]; }

}  // namespace

void encode_base64(ByteView bytes, std::span<char> text) noexcept {
  const auto at = [&](std::size_t i) { return std::to_integer<std::uint32_t>(bytes[i]); };
  std::size_t in = 0;
  std::size_t out = 0;
  for (; bytes.size() - in >= 3; in += 3) {
    const auto bits = at(in) << 16 | at(in + 1) << 8 | at(in + 2);
    text[out++] = alphabet[bits >> 18];
    text[out++] = alphabet[bits >> 12 & 63];
    text[out++] = alphabet[bits >> 6 & 63];
    text[out++] = alphabet[bits & 63];
  }
  const auto left = bytes.size() - in;
  if (left == 0) return;
  const auto bits = at(in) << 16 | (left == 2 ? at(in + 1) << 8 : 0);
  text[out++] = alphabet[bits >> 18];
  text[out++] = alphabet[bits >> 12 & 63];
  text[out++] = left == 2 ? alphabet[bits >> 6 & 63] : '=';
  text[out++] = '=';
}

bool is_base64_digit(char character) noexcept { return value_of(character) != invalid; }

std::ptrdiff_t decode_base64(std::span<const char> text, std::span<std::byte> bytes) noexcept {
  if (text.empty()) return 0;
  std::size_t out = 0;
  const auto put = [&](std::uint32_t byte) { bytes[out++] = static_cast<std::byte>(byte & 0xff); };
  const std::size_t last = text.size() - 4;
  for (std::size_t in = 0; in < last; in += 4) {
    const auto a = value_of(text[in]), b = value_of(text[in + 1]), c = value_of(text[in + 2]),
               d = value_of(text[in + 3]);
    if ((a | b | c | d) > 63) return -1;
    const auto bits = a << 18 | b << 12 | c << 6 | d;
    put(bits >> 16), put(bits >> 8), put(bits);
  }
  const auto a = value_of(text[last]), b = value_of(text[last + 1]);
  if ((a | b) > 63) return -1;
  put(a << 2 | b >> 4);
  if (text[last + 3] == '=') {
    if (text[last + 2] == '=') return (b & 15) == 0 ? static_cast<std::ptrdiff_t>(out) : -1;
    const auto c = value_of(text[last + 2]);
    if (c > 63 || (c & 3) != 0) return -1;
    put(b << 4 | c >> 2);
    return static_cast<std::ptrdiff_t>(out);
  }
  const auto c = value_of(text[last + 2]), d = value_of(text[last + 3]);
  if ((c | d) > 63) return -1;
  put(b << 4 | c >> 2), put(c << 6 | d);
  return static_cast<std::ptrdiff_t>(out);
}

}  // namespace imagegallery
