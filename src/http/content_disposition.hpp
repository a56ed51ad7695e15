// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace imagegallery {

/// `attachment; filename="…"; filename*=UTF-8''…` (RFC 6266), or `inline`. In the plain
/// name, an underscore replaces each character that is not printable ASCII or that parsers disagree
/// about; `filename*` is added if the names differ. No name can end the field or start another.
/// `disposition` is a token.
[[nodiscard]] std::string content_disposition(std::string_view disposition,
                                              std::string_view file_name);

/// The name in printable ASCII, safe in any field: '%' and all other characters become %XX of their
/// UTF-8.
[[nodiscard]] std::string field_safe_name(std::string_view file_name);

/// The base name of a client's file name: the part after the last slash or backslash.
/// Throws: `HttpProblem` 400 if it is empty, "." or "..", not UTF-8, or contains control
/// characters.
[[nodiscard]] std::string client_file_name(std::string_view name);

/// Decodes an RFC 8187 value, `UTF-8''na%C3%AFve.png` or `ISO-8859-1''…`, to UTF-8.
/// Throws: `HttpProblem` 400 if it is malformed or in another character set.
[[nodiscard]] std::string decode_extended_value(std::string_view value);

}  // namespace imagegallery
