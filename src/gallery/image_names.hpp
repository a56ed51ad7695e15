// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace imagegallery {

/// Whether a text is a valid key or file name: 1 to 255 bytes of UTF-8 without control characters,
/// '/' and '\', and neither "." nor "..".
[[nodiscard]] bool is_file_name(std::string_view text) noexcept;

/// Returns the text if it is a valid file name. Throws: `invalid_argument` naming `field`.
[[nodiscard]] std::string checked_file_name(std::string_view field, std::string_view text);

/// Returns the title without surrounding whitespace. Throws: `invalid_argument` unless it is 1 to
/// 255 characters of UTF-8 without control characters.
[[nodiscard]] std::string checked_title(std::string_view text);

/// The text without whitespace (space, tab, line ends) at its ends.
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;

/// Whether a text is a valid public key: 32 ASCII letters and digits.
[[nodiscard]] bool is_public_key(std::string_view text) noexcept;

}  // namespace imagegallery
