// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/web.hpp>

#include "http/http_fields.hpp"
#include "http/problem.hpp"
#include "http/responses.hpp"
#include "json/json_value.hpp"
#include "json/json_writer.hpp"
#include "web/embedded_file.hpp"
#include "web/page_routes.hpp"
#include "web/request_identity.hpp"
#include "web/session_store.hpp"

#include <algorithm>
#include <exception>
#include <new>
#include <string>
#include <utility>

namespace imagegallery {
namespace {

constexpr std::string_view cookie_name = "imagegallery_session";
constexpr std::string_view session_path = "/api/session";
constexpr std::uint64_t max_session_body_bytes = 16u << 10;

std::string_view to_string(Role role) noexcept {
  switch (role) {
    case Role::tenant_user:
      return "tenant_user";
    case Role::tenant_admin:
      return "tenant_admin";
    case Role::system_admin:
      return "system_admin";
    case Role::anonymous:
      break;
  }
  return "anonymous";
}

/// The sender of a request.
struct Identity {
  Principal principal = Principal::anonymous();
  bool visitor = true;  ///< The request has neither a token nor a session.
};

HttpResponse session_response(const Identity& identity) {
  JsonWriter json;
  json.begin_object()
      .member("role", to_string(identity.principal.role()))
      .member("tenant", identity.principal.tenant())
      .member("user", identity.principal.user())
      .member("visitor", identity.visitor)
      .end_object();
  return json_response(json.take());
}

bool is_json(std::string_view content_type) {
  const auto type = trim_blanks(content_type.substr(0, content_type.find(';')));
  return equals_ignoring_case(type, "application/json");
}

/// HEAD is GET without the body, but with its Content-Length.
HttpResponse for_method(std::string_view method, HttpResponse response) {
  if (method == "HEAD") response.body = nullptr;
  return response;
}

WebOptions validated(WebOptions options) {
  if (options.session_ttl <= std::chrono::minutes{0})
    throw Error{ErrorCode::invalid_argument, "WebOptions::session_ttl: must be at least 1 minute"};
  if (options.max_sessions == 0)
    throw Error{ErrorCode::invalid_argument, "WebOptions::max_sessions: must be at least 1"};
  return options;
}

}  // namespace

struct WebHandler::Impl {
  Impl(ImageGallery& the_gallery, WebOptions the_options)
      : gallery(the_gallery),
        options(validated(std::move(the_options))),
        sessions(options.session_ttl, options.max_sessions, gallery.options().steady_now),
        api(gallery, http_options()),
        errors(gallery.error_sink()) {}

  HttpOptions http_options() {
    HttpOptions http = options.http;
    http.authenticate = [this](const HttpRequestHead& head) { return identify(head).principal; };
    return http;
  }

  Time now() const noexcept {
    try {
      return gallery.options().now();
    } catch (...) {
      errors(ErrorReport::of_current(ErrorSource::clock, "now"));
      return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    }
  }

  std::optional<Principal> authenticate(std::string_view token) const {
    return options.authenticate ? options.authenticate(token) : std::nullopt;
  }

  /// Calls the host's `authenticate` for a session route. For the others, `HttpHandler` does this.
  /// Throws: `HttpProblem` 500 if the host's function throws.
  template <typename Call>
  auto authenticating(const Call& call) const {
    try {
      return call();
    } catch (const std::bad_alloc&) {
      throw;
    } catch (...) {
      errors(ErrorReport::of_current(ErrorSource::authenticate, "session"));
      throw HttpProblem(500, "The server could not authenticate the request.");
    }
  }

  Identity identify(const HttpRequestHead& head) {
    // An unknown token must not fall back to the visitor: the client believes it is signed in.
    if (const auto token = bearer_token(head))
      return {authenticate(*token).value_or(Principal::anonymous()), false};
    if (const auto id = cookie(head, cookie_name)) {
      if (const auto token = sessions.find(*id)) {
        // Authenticated again each time, so a session does not outlive its token.
        if (auto principal = authenticate(*token)) return {std::move(*principal), false};
        sessions.end(*id);
      }
    }
    return {options.visitor, true};
  }

  /// The path below the prefix, without the query; nullopt if the target is outside it.
  std::optional<std::string_view> path_of(std::string_view target) const noexcept {
    if (!target.starts_with(options.http.prefix)) return std::nullopt;
    const std::string_view path =
        target.substr(0, target.find('?')).substr(options.http.prefix.size());
    if (!path.empty() && path.front() != '/') return std::nullopt;
    return path;
  }

  bool is_cross_site_write(const HttpRequestHead& head) const noexcept {
    return !is_safe(head.method) && !bearer_token(head) && from_another_origin(head);
  }

  HttpResponse problem(int status, std::string_view message) const {
    return problem_response(status, message, now());
  }

  HttpResponse cross_site_problem() const {
    return problem(403, "Cross-site writes require a token.");
  }

  HttpInspection check_head(const HttpRequestHead& head, const HeadOptions& head_options) const {
    HttpInspection inspection;
    if (is_cross_site_write(head)) {
      inspection.refusal = cross_site_problem();
      return inspection;
    }
    const auto path = path_of(head.target);
    if (path == session_path) {
      inspection.max_body_bytes = head.method == "POST" ? max_session_body_bytes : 0;
      return inspection;
    }
    if (path && (path->empty() || find_file(page_files(), path->substr(1)) != nullptr))
      return inspection;
    return api.check_head(head, head_options);
  }

  HttpResponse handle(const HttpRequest& request) {
    if (auto response = own_response(request)) return std::move(*response);
    return api.handle(request);
  }

  HttpAttempt try_handle(const HttpRequest& request) {
    if (auto response = own_response(request)) {
      return {.needs_decode = false, .response = std::move(*response)};
    }
    return api.try_handle(request);
  }

  /// The response of the page, its files and the session, all without storage; nullopt for the API.
  std::optional<HttpResponse> own_response(const HttpRequest& request) {
    if (is_cross_site_write(request.head)) return cross_site_problem();
    const auto path = path_of(request.head.target);
    if (path == session_path) return for_method(request.head.method, session(request));
    if (path && path->empty()) return redirect_to_slash(request.head);
    if (path) {
      if (const EmbeddedFile* file = find_file(page_files(), path->substr(1)))
        return serve_file(*file, request.head);
    }
    return std::nullopt;
  }

  /// The page's links are relative to the prefix with a trailing slash.
  HttpResponse redirect_to_slash(const HttpRequestHead& head) const {
    const std::string_view query =
        std::string_view{head.target}.substr(std::min(head.target.find('?'), head.target.size()));
    // The query becomes part of a header field.
    if (std::any_of(query.begin(), query.end(), [](char c) { return c <= ' ' || c > '~'; }))
      return problem(400, "The target is not a valid URI.");
    HttpResponse response;
    response.status = 308;
    response.fields = {{"Location", options.http.prefix + '/' + std::string{query}},
                       {"Content-Length", "0"}};
    add_safety_fields(response);
    return response;
  }

  HttpResponse session(const HttpRequest& request) {
    const std::string& method = request.head.method;
    if (method == "GET" || method == "HEAD")
      return session_response(authenticating([&] { return identify(request.head); }));
    if (method == "POST") return sign_in(request);
    if (method == "DELETE") return sign_out(request.head);
    HttpResponse response;
    if (method == "OPTIONS") {
      response.status = 204;
    } else {
      response = problem(405, "This path allows only GET, HEAD, POST, DELETE, OPTIONS.");
    }
    response.fields.push_back({"Allow", "GET, HEAD, POST, DELETE, OPTIONS"});
    return response;
  }

  HttpResponse sign_in(const HttpRequest& request) {
    // Cross-origin JSON needs a CORS preflight, so no foreign form can sign anybody in.
    if (!is_json(request.head.find("Content-Type").value_or("")))
      return problem(415, "Content-Type: must be application/json.");
    if (request.body && request.body->size() > max_session_body_bytes)
      return problem(413, "The body exceeds the maximum size of " +
                              std::to_string(max_session_body_bytes) + " bytes.");
    std::string token;
    try {
      const Bytes body = request.body ? read_all(*request.body) : Bytes{};
      const JsonValue json = parse_json({reinterpret_cast<const char*>(body.data()), body.size()});
      const JsonValue* member = json.find("token");
      if (member == nullptr || member->as_string() == nullptr)
        return problem(400, "token: must be a text.");
      token = *member->as_string();
    } catch (const Error& error) {
      if (error.code() != ErrorCode::invalid_argument) throw;
      return problem(400, error.what());
    }
    auto principal = authenticating([&] { return authenticate(token); });
    if (!principal) return problem(401, "Unknown access token.");
    if (const auto old = cookie(request.head, cookie_name)) sessions.end(*old);
    HttpResponse response = session_response({std::move(*principal), false});
    response.fields.push_back({"Set-Cookie", cookie_field(sessions.begin(std::move(token)))});
    return response;
  }

  HttpResponse sign_out(const HttpRequestHead& head) {
    if (const auto id = cookie(head, cookie_name)) sessions.end(*id);
    HttpResponse response = session_response(authenticating([&] { return identify(head); }));
    response.fields.push_back({"Set-Cookie", cookie_field("") + "; Max-Age=0"});
    return response;
  }

  std::string cookie_field(const std::string& value) const {
    const std::string& prefix = options.http.prefix;
    return std::string{cookie_name} + '=' + value + "; Path=" + (prefix.empty() ? "/" : prefix) +
           "; HttpOnly; SameSite=Strict" + (options.secure_cookie ? "; Secure" : "");
  }

  /// The response to the current exception, which it reports unless that was done. Allocation
  /// itself may have failed, so the text is short.
  HttpResponse failure() const noexcept {
    try {
      try {
        throw;
      } catch (const HttpProblem& known) {
        return problem(known.status(), known.what());
      } catch (...) {
        errors(ErrorReport::of_current(ErrorSource::web, "page"));
      }
      return problem(500, "Internal server error.");
    } catch (...) {
      HttpResponse response;
      response.status = 500;
      return response;
    }
  }

  ImageGallery& gallery;
  const WebOptions options;
  SessionStore sessions;
  HttpHandler api;
  const ErrorSink errors;
};

WebHandler::WebHandler(ImageGallery& gallery, WebOptions options)
    : impl_(std::make_unique<Impl>(gallery, std::move(options))) {}

WebHandler::~WebHandler() = default;

HttpInspection WebHandler::check_head(const HttpRequestHead& head,
                                      const HeadOptions& options) const noexcept {
  try {
    return impl_->check_head(head, options);
  } catch (...) {
    HttpInspection inspection;
    inspection.refusal = impl_->failure();
    return inspection;
  }
}

HttpResponse WebHandler::handle(const HttpRequest& request) const noexcept {
  try {
    return impl_->handle(request);
  } catch (...) {
    return impl_->failure();
  }
}

HttpAttempt WebHandler::try_handle(const HttpRequest& request) const noexcept {
  try {
    return impl_->try_handle(request);
  } catch (...) {
    return {.needs_decode = false, .response = impl_->failure()};
  }
}

}  // namespace imagegallery
