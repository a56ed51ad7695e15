// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/http.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace imagegallery {

/// Sets a field, in place of one of that name.
void set_field(HttpResponse& response, std::string_view name, std::string value);

/// The fields that keep people safe whatever is answered: nosniff, no referrer, nothing loads.
/// Images are more careful yet (`image_response.hpp`).
void add_safety_fields(HttpResponse& response);

/// An answer with a body, its type, its length and the safety fields.
[[nodiscard]] HttpResponse make_response(int status, std::string_view content_type,
                                         std::string text);

/// 200 and JSON that is not to be kept: the answer to a change.
[[nodiscard]] HttpResponse json_response(std::string json, int status = 200);

/// What the answers to authenticated requests depend on.
inline constexpr std::string_view credential_fields = "Authorization, X-Authorization, Cookie";

}  // namespace imagegallery
