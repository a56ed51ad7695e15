// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/http.hpp>

#include <ctime>
#include <string>
#include <string_view>

namespace gallery_server {

/// An IMF-fixdate (RFC 9110 §5.6.7), such as "Mon, 23 Nov 2026 08:00:00 GMT".
[[nodiscard]] std::string http_date(std::time_t time);

/// The current Date field; valid on this thread until the next call.
[[nodiscard]] const std::string& current_date();

/// The status line, all fields and the empty line after them. Adds Date and Connection, and a
/// Content-Length if HTTP requires one and the response has none. `connection` may be empty.
[[nodiscard]] std::string format_head(const imagegallery::HttpResponse& response,
                                      std::string_view date, std::string_view connection);

}  // namespace gallery_server
