// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace imagegallery {

/// Whether an If-None-Match or If-Match field value names `etag` (without quotes, never empty):
/// "*", or a list of entity tags of which one has the same opaque part (RFC 9110 §8.8.3, §13.1).
/// With `strong`, tags marked weak (W/) do not count. What is no entity tag is passed over.
[[nodiscard]] bool names_etag(std::string_view field_value, std::string_view etag,
                              bool strong = false) noexcept;

}  // namespace imagegallery
