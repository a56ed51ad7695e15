// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace imagegallery {

/// Decodes the character at `at` and moves `at` past it. Returns nullopt and leaves `at` unchanged
/// if the bytes are not well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms). `at` must
/// be less than `text.size()`.
[[nodiscard]] std::optional<char32_t> next_character(std::string_view text,
                                                     std::size_t& at) noexcept;

/// Appends a character, which must be a Unicode scalar value.
void append_utf8(std::string& text, char32_t character);

[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// Well-formed and without control characters (U+0000 to U+001F, U+007F to U+009F).
[[nodiscard]] bool is_printable_utf8(std::string_view text) noexcept;

/// The longest prefix of `text` of at most `max_bytes` bytes that ends at a character boundary.
/// `text` must be UTF-8.
[[nodiscard]] std::string_view utf8_prefix(std::string_view text, std::size_t max_bytes) noexcept;

}  // namespace imagegallery
