// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace imagegallery {

/// The OpenAPI 3.1 description of the API, generated from the route table.
[[nodiscard]] std::string openapi_json(std::string_view prefix);

}  // namespace imagegallery
