// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>
#include <imagegallery/http.hpp>
#include <imagegallery/image.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "entity_tag.hpp"

namespace imagegallery {

/// Which security headers a response gets.
enum class SecurityPolicy {
  data,          ///< Never displayed as a document.
  image,         ///< May be opened directly, like an SVG: no scripts, no loading.
  linked_image,  ///< Like `image`, and other sites may embed it.
};

/// The fields of a representation that a 304 repeats (RFC 9110 §15.4.5).
struct CacheFields {
  std::string cache_control;
  std::string vary;
  SecurityPolicy security = SecurityPolicy::data;
};

/// The content of a GET, before the request's conditions, ranges and codings are applied.
struct Representation {
  CacheFields cache;
  std::string media_type;
  std::string etag;  ///< Without quotes; of the uncompressed bytes.
  std::optional<std::chrono::sys_seconds> last_modified;  ///< From `last_modified_of`.
  std::shared_ptr<const ByteSource> content;

  /// Returns the gzipped content; null if that is not smaller. Empty: never gzipped.
  std::function<std::shared_ptr<const ByteSource>()> gzipped{};

  std::vector<HttpField> fields;  ///< Additional fields.
};

/// Responds to a GET or HEAD: 200, 206 or 304.
/// Throws: `HttpProblem` 412 and 416, any error of the content.
[[nodiscard]] HttpResponse respond(const HttpRequestHead& head, const Representation& current,
                                   Time now);

/// A 304 with `tag`.
[[nodiscard]] HttpResponse not_modified(const CacheFields& cache, const EntityTag& tag);

/// The ETag of the gzipped content: another representation, so another strong tag.
[[nodiscard]] EntityTag gzip_tag(std::string_view etag);

/// The tag without the gzip suffix, and whether it had the suffix.
[[nodiscard]] std::pair<std::string_view, bool> plain_etag(std::string_view opaque) noexcept;

/// Whether the client prefers gzip. False with a Range field: ranges are of the plain bytes.
[[nodiscard]] bool wants_gzip(const HttpRequestHead& head);

}  // namespace imagegallery
