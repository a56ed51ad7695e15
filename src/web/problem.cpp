// SPDX-License-Identifier: Apache-2.0
#include "web/problem.hpp"

#include "json/json_writer.hpp"

#include <utility>

namespace imagegallery {
namespace {

std::string_view reason(int status) noexcept {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 405:
      return "Method Not Allowed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    default:
      return "Internal Server Error";
  }
}

// The codes that clients of ThingsBoard know.
int error_code(int status) noexcept {
  switch (status) {
    case 401:
      return 10;
    case 403:
      return 20;
    case 500:
      return 2;
    default:
      return 31;
  }
}

}  // namespace

HttpResponse text_response(int status, std::string_view content_type, std::string text) {
  HttpResponse response;
  response.status = status;
  response.fields = {{"Content-Type", std::string{content_type}},
                     {"Content-Length", std::to_string(text.size())},
                     {"Cache-Control", "no-store"},
                     {"X-Content-Type-Options", "nosniff"},
                     {"Referrer-Policy", "no-referrer"},
                     {"Cross-Origin-Resource-Policy", "same-origin"}};
  response.body = make_source(std::move(text));
  return response;
}

HttpResponse problem(int status, std::string_view message, Time now) {
  JsonWriter json;
  json.begin_object()
      .member("type", "about:blank")
      .member("title", reason(status))
      .member("status", status)
      .member("detail", message)
      .member("message", message)
      .member("errorCode", error_code(status))
      .member("timestamp", std::int64_t{now.time_since_epoch().count()})
      .end_object();
  HttpResponse response = text_response(status, "application/problem+json", json.take());
  if (status == 401) response.fields.push_back({"WWW-Authenticate", "Bearer"});
  return response;
}

}  // namespace imagegallery
