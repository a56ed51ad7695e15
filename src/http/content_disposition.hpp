// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace imagegallery {

/// `attachment; filename="…"; filename*=UTF-8''…` (RFC 6266), or `inline`. The plain name has an
/// underscore for each character that is not printable ASCII or that parsers disagree about; the
/// other form is there where it says more. No name can end the field or begin another.
/// `disposition` is a token.
[[nodiscard]] std::string content_disposition(std::string_view disposition,
                                              std::string_view file_name);

/// The name in characters that any field may hold: printable ASCII as it is, the rest, and '%', as
/// %XX of its UTF-8.
[[nodiscard]] std::string field_safe_name(std::string_view file_name);

/// A client's name for a file as a name for a file: what follows the last slash or backslash.
/// Throws: `HttpProblem` 400 where nothing is left of it, it is "." or "..", no UTF-8, or holds
/// control characters.
[[nodiscard]] std::string client_file_name(std::string_view name);

/// Decodes an RFC 8187 value, `UTF-8''na%C3%AFve.png` or `ISO-8859-1''…`, to UTF-8.
/// Throws: `HttpProblem` 400 where it is malformed or in another character set.
[[nodiscard]] std::string decode_extended_value(std::string_view value);

}  // namespace imagegallery
