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

/// Who gets the same answer at the same URL.
enum class Audience {
  principal,    ///< Who asks, alone.
  everybody,    ///< A public link's.
  link_holder,  ///< Whoever has the signed link.
};

/// Which bytes are asked for, by whom.
struct ImageRequest {
  Audience audience = Audience::principal;
  std::optional<bool> of_system{};  ///< Whose image it is; empty: known only once it was read.
  Variant variant = Variant::original;
  std::string preset{};
  std::optional<std::chrono::seconds> most_lifetime{};  ///< No `max-age` exceeds it.
};

/// Answers with an image's bytes, or 304. `read` decides whether they may be seen, and is asked
/// first. Where If-None-Match can be judged from the gallery's ETag cache, the storage is not read.
/// Throws: `HttpProblem`, what `read` throws.
[[nodiscard]] HttpResponse respond_with_image(
    const ApiRequest& request, const ImageRequest& wanted,
    const std::function<ReadResult(const ReadOptions&)>& read);

}  // namespace imagegallery
