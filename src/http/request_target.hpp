// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imagegallery {

/// The target of a request, taken apart and decoded.
struct RequestTarget {
  /// Of the path, between the slashes; each is UTF-8 without U+0000 and may hold a '/'.
  std::vector<std::string> segments;
  std::vector<std::pair<std::string, std::string>> query;  ///< Names are unique.

  /// The value of a query parameter; null where it is not there.
  [[nodiscard]] const std::string* find(std::string_view name) const noexcept;
};

/// Reads origin form, or absolute form whose authority is ignored (RFC 9112 §3.2). '+' in the
/// query is a space, as forms write it.
/// Throws: `HttpProblem` 400 saying what is wrong, 414 over 8192 bytes.
[[nodiscard]] RequestTarget parse_request_target(std::string_view target);

}  // namespace imagegallery
