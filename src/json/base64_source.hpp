// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>

#include <memory>

#include "json/json_reader.hpp"

namespace imagegallery {

/// A source that decodes a base64 JSON string on read. Shares `json`. Validates the whole text up
/// front.
/// Throws: `invalid_argument` if it is not base64 (RFC 4648 §4, padded); any error of `json`.
[[nodiscard]] std::shared_ptr<const ByteSource> make_base64_source(
    std::shared_ptr<const ByteSource> json, const RawJsonString& text);

}  // namespace imagegallery
