// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/http.hpp>

#include <optional>
#include <string_view>

namespace imagegallery {

/// The token of `Authorization: Bearer`, else of `X-Authorization: Bearer` (RFC 6750 §2.1). Nothing
/// where there is neither, or another scheme.
[[nodiscard]] std::optional<std::string_view> bearer_token(const HttpRequestHead& head) noexcept;

/// The value of the first cookie of that name in any Cookie field (RFC 6265 §4.2).
[[nodiscard]] std::optional<std::string_view> cookie(const HttpRequestHead& head,
                                                     std::string_view name) noexcept;

/// Whether a browser says that a page of another site or origin sent this: by Sec-Fetch-Site (Fetch
/// Metadata) where it tells, else by an Origin (RFC 6454) whose host and port are not the Host's.
/// What carries neither field is no browser's cross-site request.
[[nodiscard]] bool from_another_origin(const HttpRequestHead& head) noexcept;

/// Whether the method only reads: GET, HEAD and OPTIONS.
[[nodiscard]] bool is_safe(std::string_view method) noexcept;

}  // namespace imagegallery
