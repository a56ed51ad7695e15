// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace imagegallery {

/// Applies Unicode simple case folding, so that texts that differ only in case become equal. Bytes
/// that are not valid UTF-8 are kept. Composed and decomposed forms of an accented letter stay
/// different.
[[nodiscard]] std::string fold_case(std::string_view text);

}  // namespace imagegallery
