// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imagegallery {

/// The parsed and decoded target of a request.
struct RequestTarget {
  /// The path's segments; each is UTF-8 without U+0000 and may contain a '/'.
  std::vector<std::string> segments;
  std::vector<std::pair<std::string, std::string>> query;  ///< Names are unique.

  /// The value of a query parameter; null if absent.
  [[nodiscard]] const std::string* find(std::string_view name) const noexcept;
};

/// Parses origin form, or absolute form with the authority ignored (RFC 9112 §3.2). '+' in the
/// query is a space, as in forms.
/// Throws: `HttpProblem` 400 with the reason, 414 over 8192 bytes.
[[nodiscard]] RequestTarget parse_request_target(std::string_view target);

}  // namespace imagegallery
