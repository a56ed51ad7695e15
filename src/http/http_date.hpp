// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace imagegallery {

/// As an IMF-fixdate: "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 §5.6.7). For the years 0 to 9999.
[[nodiscard]] std::string format_http_date(std::chrono::sys_seconds time);

/// Reads an IMF-fixdate or one of the obsolete forms, RFC 850's and asctime's. A year of two digits
/// that seems more than 50 years ahead of `now` is of the century before. Nothing for anything
/// else, and for days that no month has.
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text,
                                                                      std::chrono::sys_seconds now);

}  // namespace imagegallery
