// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/http.hpp>
#include <imagegallery/image.hpp>

#include "http/api_request.hpp"

namespace imagegallery {

/// Checks that the body's type is allowed for an upload: a form or a raw image.
/// Throws: `HttpProblem` 415, 400 for a form without a boundary.
void check_upload_type(const HttpRequestHead& head);

/// The image in a request's body. Its options come from Idempotency-Key and from the form's fields
/// (`file`, `title`, `imageSubType`, `public`), or for a raw image from the query parameters
/// (`fileName` and the same).
/// Throws: `HttpProblem` 400, 415; any error of the body.
[[nodiscard]] Upload upload_of(const ApiRequest& request);

}  // namespace imagegallery
