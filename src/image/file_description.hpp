// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>

#include <string>

namespace imagegallery {

/// What a file that is no image of ours seems to be, in words that complete "not an image of a
/// known format: …", such as "the bytes begin as a PDF document".
[[nodiscard]] std::string describe_file(ByteView leading);

}  // namespace imagegallery
