// SPDX-License-Identifier: Apache-2.0
#include "http/openapi.hpp"

#include <algorithm>
#include <string>

#include "http/routes.hpp"
#include "json/json_writer.hpp"

namespace imagegallery {
namespace {

void write_schema_reference(JsonWriter& json, std::string_view name) {
  json.begin_object();
  json.member("$ref", "#/components/schemas/" + std::string{name});
  json.end_object();
}

void write_parameter(JsonWriter& json, std::string_view name, std::string_view in) {
  json.begin_object();
  json.member("name", name);
  json.member("in", in);
  json.member("required", in == "path");
  json.name("schema").begin_object();
  json.member("type", "string");
  if (name == "scope") {
    json.name("enum").begin_array();
    json.value("tenant").value("system");
    json.end_array();
  }
  json.end_object();
  json.end_object();
}

// The {names} of the pattern and the query's names, as parameters.
void write_parameters(JsonWriter& json, const Route& route) {
  json.name("parameters").begin_array();
  auto pattern = route.pattern;
  for (auto open = pattern.find('{'); open != std::string_view::npos; open = pattern.find('{')) {
    const auto close = pattern.find('}');
    write_parameter(json, pattern.substr(open + 1, close - open - 1), "path");
    pattern.remove_prefix(close + 1);
  }
  auto query = route.query;
  while (!query.empty()) {
    const auto name = query.substr(0, query.find(' '));
    write_parameter(json, name, "query");
    query.remove_prefix(std::min(query.size(), name.size() + 1));
  }
  json.end_array();
}

void write_form(JsonWriter& json) {
  json.name("multipart/form-data").begin_object();
  json.name("schema").begin_object();
  json.member("type", "object");
  json.name("required").begin_array();
  json.value("file");
  json.end_array();
  json.name("properties").begin_object();
  for (const std::string_view name : {"file", "title", "imageSubType", "public"}) {
    json.name(name).begin_object();
    json.member("type", "string");
    if (name == "file") json.member("contentMediaType", "application/octet-stream");
    json.end_object();
  }
  json.end_object();
  json.end_object();
  json.end_object();
  json.name("image/*").begin_object().end_object();
}

void write_body(JsonWriter& json, BodyKind kind) {
  if (kind == BodyKind::none) return;
  json.name("requestBody").begin_object();
  json.name("content").begin_object();
  if (kind == BodyKind::image) {
    write_form(json);
  } else {
    json.name("application/json").begin_object().end_object();
  }
  json.end_object();
  json.end_object();
}

void write_responses(JsonWriter& json) {
  json.name("responses").begin_object();
  json.name("2XX").begin_object();
  json.member("description", "Success");
  json.end_object();
  json.name("default").begin_object();
  json.member("description", "Error");
  json.name("content").begin_object();
  json.name("application/problem+json").begin_object();
  json.name("schema");
  write_schema_reference(json, "Problem");
  json.end_object();
  json.end_object();
  json.end_object();
  json.end_object();
}

void write_operation(JsonWriter& json, const Route& route) {
  std::string method{route.method};
  std::transform(method.begin(), method.end(), method.begin(),
                 [](char c) { return static_cast<char>(c | 0x20); });
  json.name(method).begin_object();
  json.member("operationId", route.operation);
  json.member("summary", route.summary);
  write_parameters(json, route);
  write_body(json, route.body);
  if (route.access == Access::anybody) json.name("security").begin_array().end_array();
  write_responses(json);
  json.end_object();
}

void write_components(JsonWriter& json) {
  json.name("components").begin_object();
  json.name("securitySchemes").begin_object();
  json.name("bearer").begin_object();
  json.member("type", "http");
  json.member("scheme", "bearer");
  json.end_object();
  json.end_object();
  json.name("schemas").begin_object();
  json.name("Problem").begin_object();
  json.member("type", "object");
  json.name("properties").begin_object();
  for (const std::string_view name :
       {"type", "title", "status", "detail", "message", "errorCode", "timestamp"}) {
    const bool number = name == "status" || name == "errorCode" || name == "timestamp";
    json.name(name).begin_object();
    json.member("type", number ? "integer" : "string");
    json.end_object();
  }
  json.end_object();
  json.end_object();
  json.end_object();
  json.end_object();
}

}  // namespace

std::string openapi_json(std::string_view prefix) {
  JsonWriter json;
  json.begin_object();
  json.member("openapi", "3.1.0");
  json.name("info").begin_object();
  json.member("title", "imagegallery");
  json.member("version", "1");
  json.end_object();
  json.name("servers").begin_array();
  json.begin_object();
  json.member("url", prefix.empty() ? std::string_view{"/"} : prefix);
  json.end_object();
  json.end_array();
  json.name("security").begin_array();
  json.begin_object();
  json.name("bearer").begin_array().end_array();
  json.end_object();
  json.end_array();
  json.name("paths").begin_object();
  const auto all = routes();
  for (auto route = all.begin(); route != all.end(); ++route) {
    const auto same_path = [&](const Route& other) { return other.pattern == route->pattern; };
    if (std::any_of(all.begin(), route, same_path)) continue;
    json.name(route->pattern).begin_object();
    for (auto other = route; other != all.end(); ++other) {
      if (same_path(*other)) write_operation(json, *other);
    }
    json.end_object();
  }
  json.end_object();
  write_components(json);
  json.end_object();
  return json.take();
}

}  // namespace imagegallery
