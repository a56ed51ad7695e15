// SPDX-License-Identifier: Apache-2.0
#include "http/representation.hpp"

#include <utility>

#include "http/accept_encoding.hpp"
#include "http/byte_range.hpp"
#include "http/conditional_request.hpp"
#include "http/gzip.hpp"
#include "http/http_date.hpp"
#include "http/http_fields.hpp"
#include "http/problem.hpp"
#include "http/responses.hpp"

namespace imagegallery {
namespace {

constexpr std::size_t typical_field_count = 16;  // Enough for most responses.
constexpr std::string_view gzip_suffix = "-gz";

// Small content is read before the response starts, so that a read error becomes a 500, not an
// aborted response.
constexpr std::uint64_t eager_bytes = 64u << 10;

void add_cache_fields(HttpResponse& response, const CacheFields& cache, const EntityTag& tag) {
  response.fields.reserve(typical_field_count);
  set_field(response, "ETag", to_string(tag));
  set_field(response, "Cache-Control", cache.cache_control);
  set_field(response, "Vary", cache.vary);
  add_safety_fields(response);
  if (cache.security == SecurityPolicy::data) return;
  set_field(response, "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; sandbox");
  if (cache.security == SecurityPolicy::linked_image) {
    set_field(response, "Cross-Origin-Resource-Policy", "cross-origin");
  }
}

bool is_gzip_size(std::uint64_t size) { return size >= min_gzip_bytes && size <= max_gzip_bytes; }

void set_body(HttpResponse& response, std::shared_ptr<const ByteSource> body) {
  set_field(response, "Content-Length", std::to_string(body->size()));
  if (body->size() <= eager_bytes) body = make_source(read_all(*body));
  response.body = std::move(body);
}

void set_part(HttpResponse& response, const Representation& current, const ByteRange& range) {
  const auto size = std::to_string(current.content->size());
  response.status = 206;
  set_field(response, "Content-Range",
            "bytes " + std::to_string(range.first) + "-" + std::to_string(range.last) + "/" + size);
  set_body(response, slice(current.content, range.first, range.length()));
}

}  // namespace

EntityTag gzip_tag(std::string_view etag) {
  return {std::string{etag} + std::string{gzip_suffix}, false};
}

std::pair<std::string_view, bool> plain_etag(std::string_view opaque) noexcept {
  if (!opaque.ends_with(gzip_suffix)) return {opaque, false};
  opaque.remove_suffix(gzip_suffix.size());
  return {opaque, true};
}

bool wants_gzip(const HttpRequestHead& head) {
  if (head.find("Range")) return false;
  const auto accepted = combined_field(head, "Accept-Encoding");
  return accepted && prefers_gzip(*accepted);
}

HttpResponse not_modified(const CacheFields& cache, const EntityTag& tag) {
  HttpResponse response;
  response.status = 304;
  add_cache_fields(response, cache, tag);
  return response;
}

HttpResponse respond(const HttpRequestHead& head, const Representation& current, Time now) {
  const auto size = current.content->size();
  const bool try_gzip = current.gzipped && is_gzip_size(size) && wants_gzip(head);
  Validators validators;
  validators.now = std::chrono::floor<std::chrono::seconds>(now);
  if (try_gzip) validators.etags.push_back(gzip_tag(current.etag));
  validators.etags.push_back({current.etag, false});
  validators.last_modified = current.last_modified;

  const auto outcome = evaluate_preconditions(head, validators);
  if (outcome.kind == ConditionalOutcome::Kind::precondition_failed) {
    throw HttpProblem(412, "The resource has changed: the precondition failed.");
  }
  HttpResponse response;
  add_cache_fields(response, current.cache, validators.etags[outcome.etag]);
  if (validators.last_modified && *validators.last_modified <= now) {
    set_field(response, "Last-Modified", format_http_date(*validators.last_modified));
  }
  if (outcome.kind == ConditionalOutcome::Kind::not_modified) {
    response.status = 304;
    return response;
  }

  set_field(response, "Content-Type", current.media_type);
  set_field(response, "Accept-Ranges", "bytes");
  for (const auto& field : current.fields) set_field(response, field.name, field.value);
  if (try_gzip) {
    if (auto gzipped = current.gzipped()) {
      set_field(response, "Content-Encoding", "gzip");
      set_body(response, std::move(gzipped));
      return response;
    }
    set_field(response, "ETag", to_string(validators.etags.back()));
  }
  if (outcome.range_applies) {
    const auto range = apply_range(*head.find("Range"), size);
    if (range.kind == ByteRange::Kind::unsatisfiable) {
      throw HttpProblem(
          416, "The range starts after the end: there are " + std::to_string(size) + " bytes.",
          {{"Content-Range", "bytes */" + std::to_string(size)}});
    }
    if (range.kind == ByteRange::Kind::part) {
      set_part(response, current, range);
      return response;
    }
  }
  if (head.method == "HEAD") {
    set_field(response, "Content-Length", std::to_string(size));
  } else {
    set_body(response, current.content);
  }
  return response;
}

}  // namespace imagegallery
