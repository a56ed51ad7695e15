// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>

#include <string>

namespace imagegallery {

/// What a file that is not a known image seems to be, to complete "Not a known image format: …",
/// such as "it looks like a PDF document".
[[nodiscard]] std::string describe_file(ByteView leading);

}  // namespace imagegallery
