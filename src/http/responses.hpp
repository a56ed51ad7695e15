// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/http.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace imagegallery {

/// Sets a field, replacing one with the same name.
void set_field(HttpResponse& response, std::string_view name, std::string value);

/// Adds the security headers of every response: nosniff, no referrer, nothing loads. Images have
/// stricter ones (`representation.cpp`).
void add_safety_fields(HttpResponse& response);

/// A response with a body, its type and length, and the security headers.
[[nodiscard]] HttpResponse make_response(int status, std::string_view content_type,
                                         std::string text);

/// JSON with `no-store`: the response to a change.
[[nodiscard]] HttpResponse json_response(std::string json, int status = 200);

/// The request fields that responses to authenticated requests vary on.
inline constexpr std::string_view credential_fields = "Authorization, X-Authorization, Cookie";

}  // namespace imagegallery
