// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>
#include <imagegallery/export.hpp>
#include <imagegallery/gallery.hpp>
#include <imagegallery/principal.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imagegallery {

/// A header field. Names compare without case.
struct HttpField {
  std::string name{};
  std::string value{};

  friend bool operator==(const HttpField&, const HttpField&) = default;
};

/// A request without its body.
struct HttpRequestHead {
  std::string method{};  ///< As sent, such as "GET".
  std::string target{};  ///< Origin form, still percent-encoded: "/api/images?pageSize=10".
  std::vector<HttpField> fields{};  ///< In the order of arrival; names may repeat.

  /// The first field of that name; nothing where there is none.
  [[nodiscard]] IMAGEGALLERY_EXPORT std::optional<std::string_view> find(
      std::string_view name) const noexcept;
};

/// A request whose body has arrived whole, in memory or in a file: the transport's choice.
struct HttpRequest {
  HttpRequestHead head{};
  std::shared_ptr<const ByteSource> body{};  ///< Null means empty.
};

/// An answer.
struct HttpResponse {
  int status = 200;
  /// With Content-Length wherever HTTP wants one; no Date, no Connection.
  std::vector<HttpField> fields{};

  /// Null where nothing is to be sent (304, 204, HEAD). To be sent in pieces; where a read throws
  /// after the head went out, the transport must abort the connection.
  std::shared_ptr<const ByteSource> body{};

  [[nodiscard]] IMAGEGALLERY_EXPORT std::optional<std::string_view> find(
      std::string_view name) const noexcept;
};

/// What `HttpHandler::check_head` says to a request's head.
struct HttpInspection {
  std::optional<HttpResponse> refusal{};  ///< Send this, read no body, close the connection.
  std::uint64_t max_body_bytes = 0;       ///< Else take at most so many; more is a 413.
};

/// The phrase of a status (RFC 9110 §15), such as "Not Found"; "" where it has none.
[[nodiscard]] IMAGEGALLERY_EXPORT std::string_view reason_phrase(int status) noexcept;

/// An answer as `HttpHandler` gives it to what fails, for what transports refuse by themselves:
/// problem details (RFC 9457) with `detail` for people, and the fields `status`, `message`,
/// `errorCode` and `timestamp` that existing clients read. `detail` is UTF-8.
[[nodiscard]] IMAGEGALLERY_EXPORT HttpResponse problem_response(int status,
                                                                std::string_view detail);

struct HttpOptions {
  /// Who sends this request. Called at least once for each, from any thread. `Principal::anonymous`
  /// reads public images only. What it throws is a 500. Empty: everybody is anonymous.
  std::function<Principal(const HttpRequestHead&)> authenticate{};

  std::string prefix{};  ///< Where the routes begin, such as "/gallery"; "" for the root.
  std::uint64_t max_body_bytes = 0;  ///< Of any request; 0: what the gallery's limits call for.
  std::uint32_t max_page_size = 1000;
  /// For signed links, newest first; each of 32 bytes or more.
  std::vector<std::string> link_keys{};
  bool public_metrics = false;  ///< `/metrics` for everybody, not only system administrators.
};

/// The gallery's REST API as a function from request to response (docs/http.md lists the routes).
/// Clients of ThingsBoard's image gallery find what they know. It owns no socket and no thread.
///
/// Thread safety: every method may be called from any number of threads at once. `handle` blocks
/// for as long as the storage and a decode take.
/// Lifetime: the gallery must outlive the handler, not its responses.
class IMAGEGALLERY_EXPORT HttpHandler final {
 public:
  /// Throws: `invalid_argument` naming an option out of range.
  HttpHandler(ImageGallery& gallery, HttpOptions options);
  HttpHandler(const HttpHandler&) = delete;
  HttpHandler& operator=(const HttpHandler&) = delete;
  ~HttpHandler();

  /// Judges the head before a body is read: refuses what is bound to fail, else says how much may
  /// come.
  [[nodiscard]] HttpInspection check_head(const HttpRequestHead& head) const noexcept;

  /// Answers. Every failure becomes a response: problem details (RFC 9457) that also carry the
  /// fields `status`, `message`, `errorCode` and `timestamp` that existing clients read.
  [[nodiscard]] HttpResponse handle(const HttpRequest& request) const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace imagegallery
