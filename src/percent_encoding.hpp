// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace imagegallery {

/// Encodes every byte except the unreserved ones (RFC 3986 §2.3) as %XX.
[[nodiscard]] std::string percent_encode(std::string_view text);

/// Decodes each %XX; nullopt if a '%' is not followed by two hexadecimal digits.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);

}  // namespace imagegallery
