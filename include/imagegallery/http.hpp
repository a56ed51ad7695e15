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

/// A header field. Names are compared case-insensitively.
struct HttpField {
  std::string name{};
  std::string value{};

  friend bool operator==(const HttpField&, const HttpField&) = default;
};

/// A request without its body.
struct HttpRequestHead {
  std::string method{};  ///< As sent, such as "GET".
  std::string target{};  ///< Origin form, still percent-encoded: "/api/images?pageSize=10".
  std::vector<HttpField> fields{};  ///< In the order received; names may repeat.

  /// The value of the first field with that name; nullopt if absent.
  [[nodiscard]] IMAGEGALLERY_EXPORT std::optional<std::string_view> find(
      std::string_view name) const noexcept;
};

/// A request with its complete body, which the transport holds in memory or in a file.
struct HttpRequest {
  HttpRequestHead head{};
  std::shared_ptr<const ByteSource> body{};  ///< Null means empty.
};

/// A response.
struct HttpResponse {
  int status = 200;
  /// Includes Content-Length wherever HTTP requires it, but neither Date nor Connection.
  std::vector<HttpField> fields{};

  /// Null if the response has no body (304, 204, HEAD). The transport should send it in chunks. If
  /// a read throws after the head was sent, the transport must abort the connection.
  std::shared_ptr<const ByteSource> body{};

  /// The value of the first field with that name; nullopt if absent.
  [[nodiscard]] IMAGEGALLERY_EXPORT std::optional<std::string_view> find(
      std::string_view name) const noexcept;
};

/// What a request waits for. A transport that keeps separate threads for each kind answers reads
/// while uploads decode (docs/http.md, "What a transport must do").
enum class WorkKind {
  light,    ///< Neither storage nor decoders: may be handled on a thread that must not block.
  storage,  ///< The storage: reads, lists, small changes.
  decode,   ///< A decoder, for about a second: uploads and replacements.
  bulk,     ///< The storage for long: exports, deleting many images.
};

/// The enumerator's name, such as "storage".
[[nodiscard]] IMAGEGALLERY_EXPORT std::string_view to_string(WorkKind kind) noexcept;

/// The options of `HttpHandler::check_head`.
struct HeadOptions {
  /// If false, it does not wait for the storage. The limit of an upload's body depends on the
  /// tenant's stored limits: for such a head it then sets `HttpInspection::needs_storage`.
  bool may_read_storage = true;
};

/// The result of `HttpHandler::check_head`.
struct HttpInspection {
  std::optional<HttpResponse> refusal{};  ///< If set: send it, read no body, close the connection.
  std::uint64_t max_body_bytes = 0;       ///< Otherwise: the largest body to accept; above it, 413.
  /// `max_body_bytes` is not known yet: call `check_head` again, without `HeadOptions`, on a thread
  /// that may block, before reading a body. Set only if `HeadOptions::may_read_storage` is false.
  bool needs_storage = false;
  WorkKind kind = WorkKind::light;  ///< Of `handle`. A refusal is light.
  /// The tenant that the request works for, for taking turns; empty for the system and for
  /// anonymous requests.
  std::string tenant{};
};

/// The result of `HttpHandler::try_handle`.
struct HttpAttempt {
  /// Nothing has been done: pass the same request to `handle` where it may wait for decoders.
  bool needs_decode = false;
  HttpResponse response{};  ///< Unless `needs_decode`.
};

/// The reason phrase of a status (RFC 9110 §15), such as "Not Found"; "" for an unknown status.
[[nodiscard]] IMAGEGALLERY_EXPORT std::string_view reason_phrase(int status) noexcept;

/// Returns an error response like those of `HttpHandler`, for requests that the transport itself
/// rejects: problem details (RFC 9457) with `detail` for people, and the fields `status`,
/// `message`, `errorCode` and `timestamp` that existing clients read. `detail` must be UTF-8.
[[nodiscard]] IMAGEGALLERY_EXPORT HttpResponse problem_response(int status,
                                                                std::string_view detail);

/// The options of an `HttpHandler`.
struct HttpOptions {
  /// Returns the principal that sends a request. Called at least once for each request, from any
  /// thread. `Principal::anonymous` can read public images only. If it throws, the response is a
  /// 500. If empty, every request is anonymous.
  std::function<Principal(const HttpRequestHead&)> authenticate{};

  std::string prefix{};  ///< The path prefix of all routes, such as "/gallery"; "" for the root.
  std::uint64_t max_body_bytes = 0;  ///< Of any request; 0 = derived from the gallery's limits.
  std::uint32_t max_page_size = 1000;
  /// The keys that sign links, newest first; at least 32 bytes each. If empty, links are not
  /// signed.
  std::vector<std::string> link_keys{};
  bool public_metrics = false;  ///< `/metrics` for everyone, not only for system administrators.
};

/// The gallery's REST API as a function from request to response (docs/http.md lists the routes).
/// Compatible with clients of ThingsBoard's image gallery. Owns no sockets and starts no threads.
///
/// Thread safety: every method may be called from any number of threads at once. `handle` blocks
/// while it waits for the storage or decodes an image.
/// Lifetime: the gallery must outlive the handler, but not the responses.
class IMAGEGALLERY_EXPORT HttpHandler final {
 public:
  /// Throws: `invalid_argument` if an option is out of range; the message names it.
  HttpHandler(ImageGallery& gallery, HttpOptions options);
  HttpHandler(const HttpHandler&) = delete;
  HttpHandler& operator=(const HttpHandler&) = delete;
  ~HttpHandler();

  /// Checks the head before the body is read: rejects a request that is certain to fail, or returns
  /// the largest body to accept, what the request will wait for, and for whom. Calls
  /// `HttpOptions::authenticate`, whatever the options.
  [[nodiscard]] HttpInspection check_head(const HttpRequestHead& head,
                                          const HeadOptions& options = {}) const noexcept;

  /// Handles a request. Every failure becomes an error response: problem details (RFC 9457) with
  /// the additional fields `status`, `message`, `errorCode` and `timestamp`, which existing clients
  /// read.
  [[nodiscard]] HttpResponse handle(const HttpRequest& request) const noexcept;

  /// As `handle`, but never waits for decoders: for requests of `WorkKind::storage`, which turn out
  /// to need one only when their body is read. (Today: an import of new content.)
  [[nodiscard]] HttpAttempt try_handle(const HttpRequest& request) const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace imagegallery
