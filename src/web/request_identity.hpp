// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/http.hpp>

#include <optional>
#include <string_view>

namespace imagegallery {

/// The token of `Authorization: Bearer`, else of `X-Authorization: Bearer` (RFC 6750 §2.1); nullopt
/// if absent.
[[nodiscard]] std::optional<std::string_view> bearer_token(const HttpRequestHead& head) noexcept;

/// The value of the first cookie of that name in any Cookie field (RFC 6265 §4.2); nullopt if
/// absent.
[[nodiscard]] std::optional<std::string_view> cookie(const HttpRequestHead& head,
                                                     std::string_view name) noexcept;

/// Whether a page of another origin or site sent this request: by Sec-Fetch-Site (Fetch Metadata)
/// if present, else by comparing Origin (RFC 6454) with the Host. A request with neither field is
/// not a browser's cross-site request.
[[nodiscard]] bool from_another_origin(const HttpRequestHead& head) noexcept;

/// Whether the method only reads: GET, HEAD and OPTIONS.
[[nodiscard]] bool is_safe(std::string_view method) noexcept;

}  // namespace imagegallery
