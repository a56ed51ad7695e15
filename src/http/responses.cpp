// SPDX-License-Identifier: Apache-2.0
#include "http/responses.hpp"

#include <utility>

#include "http/http_fields.hpp"

namespace imagegallery {

void set_field(HttpResponse& response, std::string_view name, std::string value) {
  for (auto& field : response.fields) {
    if (equals_ignoring_case(field.name, name)) {
      field.value = std::move(value);
      return;
    }
  }
  response.fields.push_back({std::string{name}, std::move(value)});
}

void add_safety_fields(HttpResponse& response) {
  set_field(response, "X-Content-Type-Options", "nosniff");
  set_field(response, "Referrer-Policy", "no-referrer");
  set_field(response, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  set_field(response, "Cross-Origin-Resource-Policy", "same-origin");
}

HttpResponse make_response(int status, std::string_view content_type, std::string text) {
  HttpResponse response;
  response.status = status;
  set_field(response, "Content-Type", std::string{content_type});
  set_field(response, "Content-Length", std::to_string(text.size()));
  add_safety_fields(response);
  response.body = make_source(std::move(text));
  return response;
}

HttpResponse json_response(std::string json, int status) {
  HttpResponse response = make_response(status, "application/json", std::move(json));
  set_field(response, "Cache-Control", "no-store");
  return response;
}

}  // namespace imagegallery
