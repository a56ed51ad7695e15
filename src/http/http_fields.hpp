// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/http.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imagegallery {

/// Compares ASCII letters case-insensitively, all other bytes exactly.
[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept;

/// Removes leading and trailing spaces and tabs.
[[nodiscard]] std::string_view trim_blanks(std::string_view text) noexcept;

/// One or more `tchar` (RFC 9110 §5.6.2).
[[nodiscard]] bool is_token(std::string_view text) noexcept;

/// Converts ASCII letters to lower case.
[[nodiscard]] std::string to_lower_ascii(std::string_view text);

/// All fields with that name, in order, joined by ", " (RFC 9110 §5.3); nullopt if absent.
[[nodiscard]] std::optional<std::string> combined_field(const HttpRequestHead& head,
                                                        std::string_view name);

/// Parses decimal digits; nullopt for any other text or on overflow.
[[nodiscard]] std::optional<std::uint64_t> parse_decimal(std::string_view text) noexcept;

/// A field value with parameters, as in Content-Type and Content-Disposition.
struct ParameterizedValue {
  std::string value;                  ///< In lower case.
  std::vector<HttpField> parameters;  ///< Names in lower case, values unquoted.

  [[nodiscard]] const std::string* find(std::string_view name) const noexcept;
};

/// Parses `value; name=token; name="quoted"`. In quotes, a backslash escapes only a quote or a
/// backslash: senders of Windows paths escape nothing (WHATWG Fetch, RFC 7578 §4.2). nullopt if
/// malformed or if a parameter name repeats.
[[nodiscard]] std::optional<ParameterizedValue> parse_parameterized(std::string_view text);

}  // namespace imagegallery
