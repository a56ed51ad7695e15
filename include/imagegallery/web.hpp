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

struct WebOptions {
  /// Whose token this is; nothing where it is nobody's. Compare in constant time.
  std::function<std::optional<Principal>(std::string_view token)> authenticate{};

  /// Who a visitor without any token is. `Principal::anonymous` must sign in; a demo or a kiosk may
  /// name another.
  Principal visitor = Principal::anonymous();

  std::chrono::minutes session_ttl{12 * 60};  ///< A session unused for so long ends.
  std::size_t max_sessions = 10'000;          ///< The least recently used ends first.
  bool secure_cookie = false;                 ///< Adds `Secure`: for hosts behind TLS.
  HttpOptions http{};                         ///< Its `authenticate` is set by the web handler.
};

/// The gallery page, sign-in by cookie, and the REST API beneath, at `http.prefix`:
/// `GET /` and its files, `GET|POST|DELETE /api/session`, and all routes of `HttpHandler`.
///
/// A request is its bearer token's (`Authorization` or `X-Authorization`), else its session
/// cookie's (HttpOnly, SameSite=Strict), else the visitor's. Writes without a token that come from
/// another site are refused (403).
///
/// Thread safety and lifetime: as `HttpHandler`.
class IMAGEGALLERY_WEB_EXPORT WebHandler final {
 public:
  /// Throws: `invalid_argument` naming an option out of range.
  WebHandler(ImageGallery& gallery, WebOptions options);
  WebHandler(const WebHandler&) = delete;
  WebHandler& operator=(const WebHandler&) = delete;
  ~WebHandler();

  /// As `HttpHandler::check_head`.
  [[nodiscard]] HttpInspection check_head(const HttpRequestHead& head) const noexcept;

  /// As `HttpHandler::handle`.
  [[nodiscard]] HttpResponse handle(const HttpRequest& request) const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace imagegallery
