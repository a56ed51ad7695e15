// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/results.hpp>
#include <imagegallery/storage_backend.hpp>

#include <string>

namespace imagegallery {

/// A place in a list as text for `Page::next`: letters, digits, '-' and '_'.
[[nodiscard]] std::string encode_cursor(const ListQuery& query, const ImageRecord& last);

/// The place behind which a list goes on.
/// Throws: `invalid_argument` where the cursor is none of ours, or of another sort.
[[nodiscard]] ListPosition decode_cursor(const ListQuery& query);

}  // namespace imagegallery
