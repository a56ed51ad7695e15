// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace imagegallery {

/// Formats an IMF-fixdate: "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 §5.6.7). Years 0 to 9999.
[[nodiscard]] std::string format_http_date(std::chrono::sys_seconds time);

/// Parses an IMF-fixdate or one of the obsolete forms, RFC 850 and asctime. A two-digit year that
/// appears more than 50 years ahead of `now` is in the previous century. nullopt for any other text
/// and for days that do not exist.
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text,
                                                                      std::chrono::sys_seconds now);

}  // namespace imagegallery
