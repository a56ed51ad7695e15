// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace imagegallery {

/// Whether a text can be a key or a file name: 1 to 255 bytes of UTF-8 without control characters,
/// '/' and '\', and neither "." nor "..".
[[nodiscard]] bool is_file_name(std::string_view text) noexcept;

/// The text, when it is a file name. `field` is named in the error. Throws: `invalid_argument`.
[[nodiscard]] std::string checked_file_name(std::string_view field, std::string_view text);

/// The title without surrounding blanks: 1 to 255 characters of UTF-8, none of them control
/// characters. Throws: `invalid_argument`.
[[nodiscard]] std::string checked_title(std::string_view text);

/// The text without blanks (space, tab, line ends) at its ends.
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;

/// Whether a text can be a public key: 32 letters and digits.
[[nodiscard]] bool is_public_key(std::string_view text) noexcept;

}  // namespace imagegallery
