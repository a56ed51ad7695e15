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

/// Max size of the cache of gzipped SVG images.
inline constexpr std::uint64_t gzip_cache_bytes = 4u << 20;

/// Shared by all requests; created once, with the handler.
struct ApiContext {
  ImageGallery& gallery;
  HttpOptions options;
  SignedLinks links;
  std::unique_ptr<GzipCache> gzipped = std::make_unique<GzipCache>(gzip_cache_bytes);
  std::unique_ptr<HttpCounters> counters = std::make_unique<HttpCounters>();

  /// Never null. Shared with response bodies, which may outlive the handler.
  std::shared_ptr<const ErrorSink> errors = std::make_shared<const ErrorSink>(gallery.error_sink());

  /// The current time by the gallery's clock.
  [[nodiscard]] Time now() const;
};

/// Thrown by a request that must not decode but would have to. Nothing was changed.
struct DecodeRefused {};

/// A routed and authorized request.
struct ApiRequest {
  const ApiContext& api;
  const HttpRequestHead& head;
  RequestTarget target;
  std::vector<std::string> captures;  ///< The value of each {name} in the pattern, in order.
  Principal who;
  std::shared_ptr<const ByteSource> body;  ///< Never null.
  bool may_decode = true;                  ///< If not: `DecodeRefused` instead of a decode.

  /// The image named by the first two captures, {scope} and {key}.
  /// Throws: `HttpProblem` 400 for an unknown scope.
  [[nodiscard]] ImageRef ref() const;

  /// A query parameter. Throws: `HttpProblem` 400 naming the parameter if its value is invalid.
  [[nodiscard]] bool flag(std::string_view name, bool default_value) const;
  [[nodiscard]] std::optional<std::uint64_t> number(std::string_view name) const;
  [[nodiscard]] std::string text(std::string_view name) const;  ///< "" if absent.
};

/// Throws: `HttpProblem` 400 for anything but "tenant" and "system".
[[nodiscard]] Scope parse_scope(std::string_view text);

/// Parses true or false; nullopt for any other text.
[[nodiscard]] std::optional<bool> parse_bool(std::string_view text) noexcept;

/// The body as text. Throws: any error of the body.
[[nodiscard]] std::string body_text(const ApiRequest& request);

/// The limits in force for the principal's own uploads.
[[nodiscard]] Limits limits_of(const ImageGallery& gallery, const Principal& who);

/// The image's record.
/// Throws: `HttpProblem` 404.
[[nodiscard]] ImageInfo find_image(const ApiRequest& request, const ImageRef& ref);

/// Evaluates the preconditions of a change. Both the ETags of the image's bytes and those of its
/// record are accepted: a client that read either knows what it changes.
/// Throws: `HttpProblem` 404, 412.
[[nodiscard]] ChangeOptions change_options(const ApiRequest& request, const ImageRef& ref);

}  // namespace imagegallery
