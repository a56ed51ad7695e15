// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace imagegallery {

/// Every byte but the unreserved ones (RFC 3986 §2.3) as %XX.
[[nodiscard]] std::string percent_encode(std::string_view text);

/// Each %XX as its byte. Nothing where a '%' is not followed by two hexadecimal digits.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);

}  // namespace imagegallery
