// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/http.hpp>

#include <chrono>

#include "http/http_fields.hpp"
#include "http/problem.hpp"

namespace imagegallery {
namespace {

std::optional<std::string_view> find_field(const std::vector<HttpField>& fields,
                                           std::string_view name) noexcept {
  for (const auto& field : fields) {
    if (equals_ignoring_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view reason_phrase(int status) noexcept {
  switch (status) {
    case 200:
      return "OK";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 304:
      return "Not Modified";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    case 507:
      return "Insufficient Storage";
    default:
      return "";
  }
}

std::string_view to_string(WorkKind kind) noexcept {
  switch (kind) {
    case WorkKind::light:
      return "light";
    case WorkKind::storage:
      return "storage";
    case WorkKind::decode:
      return "decode";
    case WorkKind::bulk:
      return "bulk";
  }
  return "unknown";
}

std::optional<std::string_view> HttpRequestHead::find(std::string_view name) const noexcept {
  return find_field(fields, name);
}

std::optional<std::string_view> HttpResponse::find(std::string_view name) const noexcept {
  return find_field(fields, name);
}

HttpResponse problem_response(int status, std::string_view detail) {
  const auto now = std::chrono::system_clock::now();
  return problem_response(status, detail,
                          std::chrono::time_point_cast<std::chrono::milliseconds>(now));
}

}  // namespace imagegallery
