// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>
#include <imagegallery/gallery.hpp>
#include <imagegallery/http.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/gzip_cache.hpp"
#include "http/metrics.hpp"
#include "http/request_target.hpp"
#include "http/signed_link.hpp"

namespace imagegallery {

/// Memory for SVG images in gzip coding.
inline constexpr std::uint64_t gzip_cache_bytes = 4u << 20;

/// What all requests share: made once, with the handler.
struct ApiContext {
  ImageGallery& gallery;
  HttpOptions options;
  SignedLinks links;
  std::unique_ptr<GzipCache> gzipped = std::make_unique<GzipCache>(gzip_cache_bytes);
  std::unique_ptr<HttpCounters> counters = std::make_unique<HttpCounters>();

  /// By the gallery's clock.
  [[nodiscard]] Time now() const;
};

/// A request that has found its route, by somebody who may use that route.
struct ApiRequest {
  const ApiContext& api;
  const HttpRequestHead& head;
  RequestTarget target;
  std::vector<std::string> captures;  ///< What stands for each {name} of the pattern, in order.
  Principal who;
  std::shared_ptr<const ByteSource> body;  ///< Never null.

  /// The image that the first two captures, {scope} and {key}, name.
  /// Throws: `HttpProblem` 400 for an unknown scope.
  [[nodiscard]] ImageRef ref() const;

  /// A query parameter; each throws `HttpProblem` 400 naming it where its value does not fit.
  [[nodiscard]] bool flag(std::string_view name, bool otherwise) const;
  [[nodiscard]] std::optional<std::uint64_t> number(std::string_view name) const;
  [[nodiscard]] std::string text(std::string_view name) const;  ///< "" where it is not there.
};

/// Throws: `HttpProblem` 400 for anything but "tenant" and "system".
[[nodiscard]] Scope parse_scope(std::string_view text);

/// Whether a text says true or false; nothing where it says neither.
[[nodiscard]] std::optional<bool> parse_bool(std::string_view text) noexcept;

/// The body as text. Throws: what the body throws.
[[nodiscard]] std::string body_text(const ApiRequest& request);

/// What the limits in force for the principal's own uploads are.
[[nodiscard]] Limits limits_of(const ImageGallery& gallery, const Principal& who);

/// The record of the image; for changes that give new ones and for conditions.
/// Throws: `HttpProblem` 404.
[[nodiscard]] ImageInfo find_image(const ApiRequest& request, const ImageRef& ref);

/// Evaluates the conditions of a change. Tags of the image's bytes and of its record count alike:
/// a client that read either knows what it changes.
/// Throws: `HttpProblem` 404, 412.
[[nodiscard]] ChangeOptions change_options(const ApiRequest& request, const ImageRef& ref);

}  // namespace imagegallery
