// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/http.hpp>
#include <imagegallery/web_export.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace imagegallery {

/// The options of a `WebHandler`.
struct WebOptions {
  /// Returns the token's owner; nullopt if unknown. Compare tokens in constant time.
  std::function<std::optional<Principal>(std::string_view token)> authenticate{};

  /// The principal of requests without a token or session. With `Principal::anonymous`, visitors
  /// must sign in; a demo or a kiosk may use another principal.
  Principal visitor = Principal::anonymous();

  std::chrono::minutes session_ttl{12 * 60};  ///< A session expires this long after its last use.
  std::size_t max_sessions = 10'000;          ///< The least recently used session is evicted first.
  bool secure_cookie = false;                 ///< Adds `Secure`: for hosts behind TLS.
  HttpOptions http{};                         ///< Its `authenticate` is set by the web handler.
};

/// The gallery page, cookie sign-in and the REST API, under `http.prefix`: `GET /` and its files,
/// `GET|POST|DELETE /api/session`, and all routes of `HttpHandler`.
///
/// A request is authenticated by its bearer token (`Authorization` or `X-Authorization`), else by
/// its session cookie (HttpOnly, SameSite=Strict), else it is `WebOptions::visitor`. Cross-site
/// writes without a token are rejected (403).
///
/// Thread safety and lifetime: as `HttpHandler`.
class IMAGEGALLERY_WEB_EXPORT WebHandler final {
 public:
  /// Throws: `invalid_argument` if an option is out of range; the message names it.
  WebHandler(ImageGallery& gallery, WebOptions options);
  WebHandler(const WebHandler&) = delete;
  WebHandler& operator=(const WebHandler&) = delete;
  ~WebHandler();

  /// As `HttpHandler::check_head`.
  [[nodiscard]] HttpInspection check_head(const HttpRequestHead& head,
                                          const HeadOptions& options = {}) const noexcept;

  /// As `HttpHandler::handle`.
  [[nodiscard]] HttpResponse handle(const HttpRequest& request) const noexcept;

  /// As `HttpHandler::try_handle`.
  [[nodiscard]] HttpAttempt try_handle(const HttpRequest& request) const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace imagegallery
