// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/http.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <limits>
#include <new>
#include <span>
#include <utility>

#include "http/api_request.hpp"
#include "http/http_fields.hpp"
#include "http/problem.hpp"
#include "http/reported_body.hpp"
#include "http/responses.hpp"
#include "http/routes.hpp"
#include "http/upload_body.hpp"
#include "json/base64.hpp"

namespace imagegallery {
namespace {

constexpr std::uint64_t multipart_overhead = 64u << 10;
constexpr std::uint64_t document_overhead = 64u << 10;
constexpr std::uint64_t max_json_bytes = 1u << 20;
constexpr std::uint64_t small_import_bytes = 1u << 20;
constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

HttpOptions validated(HttpOptions options) {
  const auto& prefix = options.prefix;
  const bool rooted = prefix.empty() || (prefix.front() == '/' && prefix.back() != '/');
  const bool plain = prefix.find_first_of("%?#{} ") == std::string::npos;
  if (!rooted || !plain) {
    throw Error(ErrorCode::invalid_argument,
                "HttpOptions::prefix: must be empty, or start with '/', not end with '/', and have "
                "no characters that need encoding");
  }
  if (options.max_page_size < 1 || options.max_page_size > 1000) {
    throw Error(ErrorCode::invalid_argument, "HttpOptions::max_page_size: must be 1 to 1000");
  }
  if (!options.authenticate) {
    options.authenticate = [](const HttpRequestHead&) { return Principal::anonymous(); };
  }
  return options;
}

void authorize(const Route& route, const RouteMatch& match, const Principal& who,
               const HttpOptions& options) {
  const auto role = who.role();
  if (route.access == Access::anybody) return;
  if (route.access == Access::scraper && options.public_metrics) return;
  if (role == Role::anonymous) throw HttpProblem(401, "Sign in to do this.");
  if (role == Role::system_admin || route.access == Access::member) return;
  const bool admins = route.access == Access::admin || route.access == Access::owner;
  const bool of_system = route.access == Access::owner && match.captures.front() == "system";
  if (role != Role::tenant_admin || !admins || of_system) {
    throw HttpProblem(403, "You may not do this.");
  }
}

void check_json_type(const HttpRequestHead& head) {
  const auto field = head.find("Content-Type");
  if (!field) return;
  const auto type = to_lower_ascii(trim_blanks(field->substr(0, field->find(';'))));
  if (type != "application/json" && !type.ends_with("+json")) {
    throw HttpProblem(415, "Content-Type: must be application/json.");
  }
}

void check_body_type(const HttpRequestHead& head, BodyKind kind) {
  if (kind == BodyKind::none) return;
  const auto coding = head.find("Content-Encoding");
  if (coding && !equals_ignoring_case(trim_blanks(*coding), "identity")) {
    throw HttpProblem(415, "Content-Encoding: must be absent or identity.",
                      {{"Accept-Encoding", "identity"}});
  }
  if (kind == BodyKind::image) {
    check_upload_type(head);
  } else {
    check_json_type(head);
  }
}

// The max size of a body.
struct BodyLimit {
  std::uint64_t bytes = 0;
  std::uint64_t image_bytes = 0;  // Of the image in it, if that is the limit; else 0.

  HttpProblem problem() const {
    if (bytes == 0) return {413, "This request takes no body: the limit is 0 bytes."};
    if (image_bytes == 0) {
      return {413, "The body exceeds the maximum size of " + std::to_string(bytes) + " bytes."};
    }
    return {413,
            "The image exceeds the maximum size of " + std::to_string(image_bytes) + " bytes."};
  }
};

// Whether the max size of the body depends on stored limits.
bool depends_on_storage(BodyKind kind) noexcept {
  return kind == BodyKind::image || kind == BodyKind::document;
}

// Only the body shows whether an import has to decode. Reading a small one twice costs less than
// waiting for decoders.
WorkKind work_kind(const Route& route, const HttpRequestHead& head) {
  if (route.body != BodyKind::document) return route.work;
  const auto field = head.find("Content-Length");
  const auto length = field ? parse_decimal(trim_blanks(*field)) : std::nullopt;
  return length && *length <= small_import_bytes ? WorkKind::storage : route.work;
}

BodyLimit body_limit(const ApiContext& api, BodyKind kind, const Principal& who) {
  BodyLimit limit;
  if (kind == BodyKind::none) return limit;
  if (kind == BodyKind::json) {
    limit.bytes = max_json_bytes;
  } else {
    const auto image = limits_of(api.gallery, who).max_image_bytes;
    const bool encoded = kind == BodyKind::document;
    if (image == 0 || image > no_limit / 2) {
      limit.bytes = no_limit;
    } else {
      limit.bytes = encoded ? base64_length(image) + document_overhead : image + multipart_overhead;
      limit.image_bytes = image;
    }
  }
  const auto max = api.options.max_body_bytes;
  if (max != 0 && max < limit.bytes) return {.bytes = max, .image_bytes = 0};
  return limit;
}

void check_length(const HttpRequestHead& head, const BodyLimit& limit) {
  const auto field = head.find("Content-Length");
  if (!field) return;
  const auto digits = trim_blanks(*field);
  const bool number = !digits.empty() && digits.find_first_not_of("0123456789") == digits.npos;
  if (!number) throw HttpProblem(400, "Content-Length: must be a whole number.");
  const auto length = parse_decimal(digits);
  if (!length || *length > limit.bytes) throw limit.problem();
}

// What error reports say of a request, as far as it is known when it fails.
struct Subject {
  std::string_view operation;  // A literal of the route table.
  std::string tenant;
  std::string key;

  void set(const Route& route, const std::vector<std::string>& captures, const Principal& who) {
    operation = route.operation;
    if (route.pattern.starts_with("/api/images/{scope}/{key}")) key = captures.at(1);
    if (key.empty() || captures.front() != "system") tenant = who.tenant();
  }
};

// A request whose head was accepted.
struct Admitted {
  const Route* route = nullptr;  // Null: OPTIONS.
  std::string allow;             // For OPTIONS.
  RequestTarget target;
  std::vector<std::string> captures;
  Principal who = Principal::anonymous();
  bool needs_storage = false;  // The limit is not known yet.
  BodyLimit limit;
};

std::vector<std::string> prefix_segments(const std::string& prefix) {
  return prefix.empty() ? std::vector<std::string>{} : parse_request_target(prefix).segments;
}

ApiContext make_context(ImageGallery& gallery, HttpOptions options) {
  SignedLinks links{options.link_keys};
  return {.gallery = gallery, .options = std::move(options), .links = std::move(links)};
}

HttpResponse options_response(const std::string& allow) {
  HttpResponse response;
  response.status = 204;
  set_field(response, "Allow", allow);
  add_safety_fields(response);
  return response;
}

}  // namespace

struct HttpHandler::Impl {
  Impl(ImageGallery& gallery, HttpOptions options)
      : api(make_context(gallery, validated(std::move(options)))),
        prefix(prefix_segments(api.options.prefix)) {}

  // Throws: `HttpProblem` and `Error`, which become the response.
  Admitted admit(const HttpRequestHead& head, Subject& subject,
                 bool may_read_storage = true) const {
    if (!is_token(head.method)) throw HttpProblem(400, "Invalid request method.");
    Admitted admitted;
    if (head.method == "OPTIONS" && head.target == "*") {
      admitted.allow = "GET, HEAD, POST, PUT, DELETE, OPTIONS";
      return admitted;
    }
    admitted.target = parse_request_target(head.target);
    auto match = match_path(path_below_prefix(admitted.target));
    if (match.routes.empty()) throw HttpProblem(404, "This path does not exist.");
    if (head.method == "OPTIONS") {
      admitted.allow = match.allow();
      return admitted;
    }
    admitted.route = match.find(head.method);
    if (admitted.route == nullptr) {
      const auto allow = match.allow();
      throw HttpProblem(405, "This path allows only " + allow + ".", {{"Allow", allow}});
    }
    subject.operation = admitted.route->operation;
    admitted.who = authenticate(head, subject);
    subject.set(*admitted.route, match.captures, admitted.who);
    authorize(*admitted.route, match, admitted.who, api.options);
    admitted.needs_storage = !may_read_storage && depends_on_storage(admitted.route->body);
    if (!admitted.needs_storage) {
      admitted.limit = body_limit(api, admitted.route->body, admitted.who);
      check_length(head, admitted.limit);
    }
    check_body_type(head, admitted.route->body);
    admitted.captures = std::move(match.captures);
    return admitted;
  }

  // Errors of the host's callback must not reach the client.
  Principal authenticate(const HttpRequestHead& head, const Subject& subject) const {
    try {
      return api.options.authenticate(head);
    } catch (const std::bad_alloc&) {
      throw;
    } catch (...) {
      report_current(ErrorSource::authenticate, subject);
      throw HttpProblem(500, "The server could not authenticate the request.");
    }
  }

  std::span<const std::string> path_below_prefix(const RequestTarget& target) const {
    const std::span path{target.segments};
    if (path.size() <= prefix.size() || !std::equal(prefix.begin(), prefix.end(), path.begin())) {
      return {};
    }
    return path.subspan(prefix.size());
  }

  HttpResponse process(const HttpRequest& request, Subject& subject, bool may_decode) const {
    auto admitted = admit(request.head, subject);
    if (admitted.route == nullptr) return options_response(admitted.allow);
    auto body = request.body ? request.body : no_body;
    if (body->size() > admitted.limit.bytes) throw admitted.limit.problem();
    auto response = admitted.route->run({.api = api,
                                         .head = request.head,
                                         .target = std::move(admitted.target),
                                         .captures = std::move(admitted.captures),
                                         .who = std::move(admitted.who),
                                         .body = std::move(body),
                                         .may_decode = may_decode});
    if (response.body) {
      response.body = std::make_shared<ReportedBody>(std::move(response.body), api.errors,
                                                     subject.operation, subject.tenant);
    }
    return response;
  }

  // Reports the current exception.
  void report_current(ErrorSource source, const Subject& subject) const noexcept {
    (*api.errors)(ErrorReport::of_current(source, subject.operation, subject.tenant, subject.key));
  }

  // The response to the current exception. Reports it if the response is a 5xx, except
  // `HttpProblem`: whoever throws that with a 5xx reports the cause.
  HttpResponse error_response(const Subject& subject) const noexcept {
    try {
      try {
        throw;
      } catch (const HttpProblem& problem) {
        return problem_response(problem, now());
      } catch (const Error& error) {
        const auto problem = to_problem(error);
        if (problem.status() >= 500) report_current(ErrorSource::http, subject);
        return problem_response(problem, now());
      } catch (const std::bad_alloc&) {
        report_current(ErrorSource::http, subject);
        return problem_response({503, "The server is out of memory."}, now());
      } catch (...) {
        report_current(ErrorSource::http, subject);
        return problem_response({500, "The server failed to process the request."}, now());
      }
    } catch (...) {
      HttpResponse bare;
      bare.status = 503;
      return bare;
    }
  }

  // The gallery's time. A host's clock that throws must not replace the error that is reported.
  Time now() const noexcept {
    try {
      return api.now();
    } catch (...) {
      report_current(ErrorSource::clock, {.operation = "now", .tenant = {}, .key = {}});
      return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    }
  }

  HttpResponse finish(const HttpRequestHead& head, HttpResponse response) const noexcept {
    if (head.method == "HEAD") response.body = nullptr;
    api.counters->count(response.status);
    return response;
  }

  const ApiContext api;
  const std::vector<std::string> prefix;
  const std::shared_ptr<const ByteSource> no_body = make_source(Bytes{});
};

HttpHandler::HttpHandler(ImageGallery& gallery, HttpOptions options)
    : impl_(std::make_unique<Impl>(gallery, std::move(options))) {}

HttpHandler::~HttpHandler() = default;

HttpInspection HttpHandler::check_head(const HttpRequestHead& head,
                                       const HeadOptions& options) const noexcept {
  HttpInspection inspection;
  Subject subject;
  try {
    const auto admitted = impl_->admit(head, subject, options.may_read_storage);
    inspection.tenant = admitted.who.tenant();
    inspection.max_body_bytes = admitted.limit.bytes;
    inspection.needs_storage = admitted.needs_storage;
    if (admitted.route != nullptr) inspection.kind = work_kind(*admitted.route, head);
  } catch (...) {
    inspection.refusal = impl_->finish(head, impl_->error_response(subject));
  }
  return inspection;
}

HttpResponse HttpHandler::handle(const HttpRequest& request) const noexcept {
  Subject subject;
  try {
    return impl_->finish(request.head, impl_->process(request, subject, true));
  } catch (...) {
    return impl_->finish(request.head, impl_->error_response(subject));
  }
}

HttpAttempt HttpHandler::try_handle(const HttpRequest& request) const noexcept {
  HttpAttempt attempt;
  Subject subject;
  try {
    attempt.response = impl_->finish(request.head, impl_->process(request, subject, false));
  } catch (const DecodeRefused&) {
    attempt.needs_decode = true;
  } catch (...) {
    attempt.response = impl_->finish(request.head, impl_->error_response(subject));
  }
  return attempt;
}

}  // namespace imagegallery
