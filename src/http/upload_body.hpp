// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/http.hpp>
#include <imagegallery/image.hpp>

#include "http/api_request.hpp"

namespace imagegallery {

/// Whether a body of that head can be an upload at all: a form, or an image as it is.
/// Throws: `HttpProblem` 415, 400 for a form without a boundary.
void check_upload_type(const HttpRequestHead& head);

/// The image in a request's body, with what the form's fields (`file`, `title`, `imageSubType`,
/// `public`), or for an image as it is the query parameters (`fileName` and the same), say of it,
/// and Idempotency-Key.
/// Throws: `HttpProblem` 400, 415; what the body throws.
[[nodiscard]] Upload upload_of(const ApiRequest& request);

}  // namespace imagegallery
