// SPDX-License-Identifier: Apache-2.0
#include "response_head.hpp"

#include <array>
#include <chrono>
#include <cstdio>

namespace gallery_server {
namespace {

using imagegallery::HttpResponse;

std::string_view reason(int status) noexcept {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
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
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
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

bool may_have_content(int status) noexcept {
  return status >= 200 && status != 204 && status != 304;
}

void append_field(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

std::string http_date(std::time_t time) {
  constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm utc{};
  ::gmtime_r(&time, &utc);
  std::array<char, 64> text{};
  const int length = std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                                   days[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                                   months[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900,
                                   utc.tm_hour, utc.tm_min, utc.tm_sec);
  return {text.data(), static_cast<std::size_t>(length)};
}

std::string format_head(const HttpResponse& response, std::string_view date,
                        std::string_view connection) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + ' ';
  head.append(reason(response.status)).append("\r\n");
  for (const auto& field : response.fields) append_field(head, field.name, field.value);
  if (may_have_content(response.status) && !response.find("Content-Length"))
    append_field(head, "Content-Length", std::to_string(response.body ? response.body->size() : 0));
  append_field(head, "Date", date);
  if (!connection.empty()) append_field(head, "Connection", connection);
  return head += "\r\n";
}

HttpResponse make_problem(int status, std::string_view detail) {
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  const std::string status_text = std::to_string(status);
  std::string json = R"({"type":"about:blank","title":")";
  json.append(reason(status)).append(R"(","status":)").append(status_text);
  json.append(R"(,"detail":")").append(detail).append(R"(","message":")").append(detail);
  json.append(R"(","errorCode":)").append(status >= 500 ? "2" : "31");
  json.append(R"(,"timestamp":)").append(std::to_string(now.count())).append("}");
  HttpResponse response;
  response.status = status;
  response.fields = {{"Content-Type", "application/problem+json"},
                     {"Content-Length", std::to_string(json.size())},
                     {"Cache-Control", "no-store"},
                     {"X-Content-Type-Options", "nosniff"}};
  if (status == 503) response.fields.push_back({"Retry-After", "1"});
  response.body = imagegallery::make_source(std::move(json));
  return response;
}

}  // namespace gallery_server
