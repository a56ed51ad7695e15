// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace imagegallery {

/// The description of the API in OpenAPI 3.1, made from the table of routes.
[[nodiscard]] std::string openapi_json(std::string_view prefix);

}  // namespace imagegallery
