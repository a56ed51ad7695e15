// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace imagegallery {

/// The length of `bytes` bytes in base64 with padding (RFC 4648 §4).
[[nodiscard]] constexpr std::uint64_t base64_length(std::uint64_t bytes) noexcept {
  return (bytes + 2) / 3 * 4;
}

/// Encodes into `text`, which must have exactly `base64_length(bytes.size())` characters.
void encode_base64(ByteView bytes, std::span<char> text) noexcept;

/// Whether the character is one of the 64 digits; false for '='.
[[nodiscard]] bool is_base64_digit(char character) noexcept;

/// Decodes groups of four characters; the last may be padded. `text` must have a multiple of four
/// characters, and `bytes` room for three bytes per group. Returns the number of bytes written; -1
/// if `text` has invalid characters, misplaced padding, or unused bits set (RFC 4648 §3.5).
[[nodiscard]] std::ptrdiff_t decode_base64(std::span<const char> text,
                                           std::span<std::byte> bytes) noexcept;

}  // namespace imagegallery
