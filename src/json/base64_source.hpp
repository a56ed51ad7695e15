// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>

#include <memory>

#include "json/json_reader.hpp"

namespace imagegallery {

/// The bytes that a JSON string of base64 stands for, decoded where they are read. Shares `json`.
/// All of the text is checked here.
/// Throws: `invalid_argument` where it is no base64 (RFC 4648 §4, padded); what `json` throws.
[[nodiscard]] std::shared_ptr<const ByteSource> make_base64_source(
    std::shared_ptr<const ByteSource> json, const RawJsonString& text);

}  // namespace imagegallery
