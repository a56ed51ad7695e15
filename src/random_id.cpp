// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/random_id.hpp>

#include "random_bytes.hpp"

namespace imagegallery::detail {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

// Whether 8-4-4-4-12 has a dash before this byte of the id.
constexpr bool dash_before(std::size_t byte) {
  return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

std::optional<std::uint8_t> hex_value(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
  return std::nullopt;
}

}  // namespace

std::array<std::uint8_t, 16> make_random_uuid() {
  std::array<std::uint8_t, 16> bytes{};
  fill_random(std::as_writable_bytes(std::span{bytes}));
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);  // version 4
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);  // RFC 9562 variant
  return bytes;
}

std::string uuid_to_string(const std::array<std::uint8_t, 16>& bytes) {
  std::string text;
  text.reserve(36);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (dash_before(i)) text += '-';
    text += hex_digits[bytes[i] >> 4];
    text += hex_digits[bytes[i] & 0x0f];
  }
  return text;
}

std::optional<std::array<std::uint8_t, 16>> parse_uuid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::array<std::uint8_t, 16> bytes{};
  std::size_t at = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (dash_before(i) && text[at++] != '-') return std::nullopt;
    const auto high = hex_value(text[at++]);
    const auto low = hex_value(text[at++]);
    if (!high || !low) return std::nullopt;
    bytes[i] = static_cast<std::uint8_t>(*high << 4 | *low);
  }
  return bytes;
}

}  // namespace imagegallery::detail
