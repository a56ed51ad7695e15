// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace imagegallery {

/// Whether an Accept-Encoding field (RFC 9110 §12.5.3) gives gzip at least the weight of identity.
/// False for an empty field. Malformed elements are ignored.
[[nodiscard]] bool prefers_gzip(std::string_view accept_encoding) noexcept;

}  // namespace imagegallery
