// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/http.hpp>
#include <imagegallery/results.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "http/api_request.hpp"

namespace imagegallery {

/// Who gets the same response at the same URL.
enum class Audience {
  principal,    ///< Only the requesting principal.
  everybody,    ///< Anyone, by a public link.
  link_holder,  ///< Anyone who has the signed link.
};

/// Which bytes are requested, and for which audience.
struct ImageRequest {
  Audience audience = Audience::principal;
  std::optional<bool> of_system{};  ///< A system image; nullopt: not known until it is read.
  Variant variant = Variant::original;
  std::string preset{};
  std::optional<std::chrono::seconds> max_lifetime{};  ///< Upper bound of `max-age`.
};

/// Responds with an image's bytes, or 304. `read` checks permission and is called first. If the
/// gallery's ETag cache can decide If-None-Match, the storage is not read.
/// Throws: `HttpProblem`, any error of `read`.
[[nodiscard]] HttpResponse respond_with_image(
    const ApiRequest& request, const ImageRequest& image_request,
    const std::function<ReadResult(const ReadOptions&)>& read);

}  // namespace imagegallery
