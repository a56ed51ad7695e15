// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/http.hpp>

#include <ctime>
#include <string>
#include <string_view>

namespace gallery_server {

/// An IMF-fixdate (RFC 9110 §5.6.7), such as "Mon, 23 Nov 2026 08:00:00 GMT".
[[nodiscard]] std::string http_date(std::time_t time);

/// The Date field of an answer that is made now; valid on this thread until the next call.
[[nodiscard]] const std::string& current_date();

/// The status line and all fields, with the empty line behind them. Adds Date and Connection, and
/// Content-Length where HTTP wants one and the response has none. `connection` may be empty.
[[nodiscard]] std::string format_head(const imagegallery::HttpResponse& response,
                                      std::string_view date, std::string_view connection);

}  // namespace gallery_server
