// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/http.hpp>
#include <imagegallery/image.hpp>

#include <string>
#include <string_view>

namespace imagegallery {

/// An answer with this text, its length and the fields that keep every answer of ours safe.
[[nodiscard]] HttpResponse text_response(int status, std::string_view content_type,
                                         std::string text);

/// Problem details as `HttpHandler` gives them: RFC 9457 plus `status`, `message`, `errorCode` and
/// `timestamp`.
[[nodiscard]] HttpResponse problem(int status, std::string_view message, Time now);

}  // namespace imagegallery
