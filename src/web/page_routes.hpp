// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "web/embedded_file.hpp"

#include <imagegallery/http.hpp>

#include <span>
#include <string_view>

namespace imagegallery {

/// The media type for a file's extension, with a charset for text.
[[nodiscard]] std::string_view media_type_of_path(std::string_view path) noexcept;

/// The file at `path`, such as "app.js"; "" is index.html. Null if there is no such file.
[[nodiscard]] const EmbeddedFile* find_file(std::span<const EmbeddedFile> files,
                                            std::string_view path) noexcept;

/// Responds to GET, HEAD and OPTIONS for a file: 200, or 304 by If-None-Match (RFC 9110 §13.1.2);
/// compressed if the client accepts gzip. Other methods get a 405 without a body.
[[nodiscard]] HttpResponse serve_file(const EmbeddedFile& file, const HttpRequestHead& head);

}  // namespace imagegallery
