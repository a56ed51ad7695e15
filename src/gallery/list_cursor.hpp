// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/results.hpp>
#include <imagegallery/storage_backend.hpp>

#include <string>

namespace imagegallery {

/// Encodes the position after `last` for `Page::next`: letters, digits, '-' and '_'.
[[nodiscard]] std::string encode_cursor(const ListQuery& query, const ImageRecord& last);

/// Decodes `ListQuery::cursor`.
/// Throws: `invalid_argument` if it is malformed or belongs to a list of another order.
[[nodiscard]] ListPosition decode_cursor(const ListQuery& query);

}  // namespace imagegallery
