// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace imagegallery {

/// Whether an Accept-Encoding field (RFC 9110 §12.5.3) prefers gzip to no coding, or wants it
/// alike. The empty field does not. A malformed element is as if it was not there.
[[nodiscard]] bool prefers_gzip(std::string_view accept_encoding) noexcept;

}  // namespace imagegallery
