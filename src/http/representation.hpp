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

/// Which safety fields go with an answer.
enum class SecurityPolicy {
  data,          ///< Nothing in it is ever shown as a document.
  image,         ///< It may be opened directly, as an SVG: no script, nothing loads.
  linked_image,  ///< Likewise, and other sites may embed it.
};

/// The fields of a representation that a 304 repeats (RFC 9110 §15.4.5).
struct CacheFields {
  std::string cache_control;
  std::string vary;
  SecurityPolicy guard = SecurityPolicy::data;
};

/// What a GET answers with, before the request's conditions, ranges and codings are looked at.
struct Representation {
  CacheFields cache;
  std::string media_type;
  std::string etag;  ///< Without quotes; of the bytes as they are.
  std::optional<std::chrono::sys_seconds> last_modified;  ///< As `last_modified_of` gives it.
  std::shared_ptr<const ByteSource> content;

  /// Gives the content in gzip coding; null where that would not be smaller. Empty: never sent so.
  std::function<std::shared_ptr<const ByteSource>()> gzipped{};

  std::vector<HttpField> fields;  ///< Others that go with the content.
};

/// Answers a GET or HEAD: 200, 206 or 304.
/// Throws: `HttpProblem` 412 and 416, what the content throws.
[[nodiscard]] HttpResponse respond(const HttpRequestHead& head, const Representation& current,
                                   Time now);

/// A 304 with `tag`.
[[nodiscard]] HttpResponse not_modified(const CacheFields& cache, const EntityTag& tag);

/// The tag of the same content in gzip coding: another representation, so another strong tag.
[[nodiscard]] EntityTag gzip_tag(std::string_view etag);

/// The tag without that mark, and whether it had it.
[[nodiscard]] std::pair<std::string_view, bool> plain_etag(std::string_view opaque) noexcept;

/// Whether the client is to get gzip coding where there is one. Ranges are of the plain bytes.
[[nodiscard]] bool wants_gzip(const HttpRequestHead& head);

}  // namespace imagegallery
