// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace imagegallery {

/// The text with every character case-folded (Unicode simple case folding), so that texts that
/// differ in case only become equal. Bytes that are no UTF-8 stay as they are. Composed and
/// decomposed forms of an accented letter stay different.
[[nodiscard]] std::string fold_case(std::string_view text);

}  // namespace imagegallery
