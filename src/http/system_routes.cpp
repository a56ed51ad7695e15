// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/error.hpp>

#include <cstdint>
#include <utility>

#include "content_hash.hpp"
#include "http/gzip.hpp"
#include "http/metrics.hpp"
#include "http/openapi.hpp"
#include "http/problem.hpp"
#include "http/representation.hpp"
#include "http/responses.hpp"
#include "http/route_functions.hpp"
#include "json/json_value.hpp"
#include "json/json_writer.hpp"

namespace imagegallery {
namespace {

void write_limit(JsonWriter& json, std::string_view name,
                 const std::optional<std::uint64_t>& limit) {
  json.name(name);
  if (limit) {
    json.value(*limit);
  } else {
    json.null();
  }
}

HttpResponse limits_response(const std::string& tenant, const Usage& usage) {
  JsonWriter json;
  json.begin_object();
  json.member("tenant", tenant);
  json.member("maxImageBytes", usage.limits.max_image_bytes);
  json.member("maxTotalBytes", usage.limits.max_total_bytes);
  json.name("own").begin_object();
  write_limit(json, "maxImageBytes", usage.own_limits.max_image_bytes);
  write_limit(json, "maxTotalBytes", usage.own_limits.max_total_bytes);
  json.end_object();
  json.member("images", usage.images);
  json.member("bytes", usage.bytes);
  json.end_object();
  return json_response(json.take());
}

std::optional<std::uint64_t> limit_in(const JsonValue& json, std::string_view name) {
  const auto* const member = json.find(name);
  if (member == nullptr || member->is_null()) return std::nullopt;
  if (const auto limit = member->as_uint()) return limit;
  throw HttpProblem(400, std::string{name} + ": must be a whole number of bytes, or null.");
}

}  // namespace

HttpResponse system_params(const ApiRequest& request) {
  const auto limits = limits_of(request.api.gallery, request.who);
  const bool system = request.who.role() == Role::system_admin;
  JsonWriter json;
  json.begin_object();
  // Existing clients read 0 as "no limit", and expect it for a system administrator.
  json.member("maxResourceSize", system ? std::uint64_t{0} : limits.max_image_bytes);
  json.member("maxImageBytes", limits.max_image_bytes);
  json.member("maxTotalBytes", limits.max_total_bytes);
  if (request.who.role() != Role::tenant_user) {
    const auto usage = request.api.gallery.usage(request.who);
    json.member("images", usage.images);
    json.member("bytes", usage.bytes);
  }
  json.end_object();
  return json_response(json.take());
}

HttpResponse read_limits(const ApiRequest& request) {
  const auto& tenant = request.captures.at(0);
  return limits_response(tenant, request.api.gallery.usage(request.who, tenant));
}

HttpResponse set_limits(const ApiRequest& request) {
  const auto& tenant = request.captures.at(0);
  const auto json = parse_json(body_text(request));
  if (json.as_object() == nullptr) {
    throw HttpProblem(400, "The body must be an object: {maxImageBytes, maxTotalBytes}.");
  }
  const TenantLimits limits{.max_image_bytes = limit_in(json, "maxImageBytes"),
                            .max_total_bytes = limit_in(json, "maxTotalBytes")};
  request.api.gallery.set_limits(request.who, tenant, limits);
  return limits_response(tenant, request.api.gallery.usage(request.who, tenant));
}

HttpResponse describe_api(const ApiRequest& request) {
  auto json = openapi_json(request.api.options.prefix);
  auto etag = content_etag(as_bytes(json));
  const auto content = make_source(std::move(json));
  return respond(request.head,
                 {.cache = {.cache_control = "no-cache", .vary = "Accept-Encoding"},
                  .media_type = "application/json",
                  .etag = std::move(etag),
                  .last_modified = {},
                  .content = content,
                  .gzipped = [&] { return gzip(*content); },
                  .fields = {}},
                 request.api.now());
}

HttpResponse check_health(const ApiRequest& request) {
  const auto health = request.api.gallery.health();
  if (!health.healthy) throw HttpProblem(503, health.reason);
  return json_response(R"({"status":"ok"})");
}

HttpResponse read_metrics(const ApiRequest& request) {
  auto response = make_response(200, "text/plain; version=0.0.4; charset=utf-8",
                                metrics_text(request.api.gallery.stats(), *request.api.counters));
  set_field(response, "Cache-Control", "no-store");
  return response;
}

}  // namespace imagegallery
