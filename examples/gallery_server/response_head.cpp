// SPDX-License-Identifier: Apache-2.0
#include "response_head.hpp"

#include <array>
#include <cstdio>

namespace gallery_server {
namespace {

using imagegallery::HttpResponse;

constexpr std::size_t typical_head_bytes = 1024;

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

const std::string& current_date() {
  thread_local std::time_t second = 0;
  thread_local std::string text;
  if (const std::time_t now = std::time(nullptr); now != second) {
    text = http_date(now);
    second = now;
  }
  return text;
}

std::string format_head(const HttpResponse& response, std::string_view date,
                        std::string_view connection) {
  std::string head;
  head.reserve(typical_head_bytes);
  head.append("HTTP/1.1 ").append(std::to_string(response.status)).append(1, ' ');
  head.append(imagegallery::reason_phrase(response.status)).append("\r\n");
  for (const auto& field : response.fields) append_field(head, field.name, field.value);
  if (may_have_content(response.status) && !response.find("Content-Length"))
    append_field(head, "Content-Length", std::to_string(response.body ? response.body->size() : 0));
  append_field(head, "Date", date);
  if (!connection.empty()) append_field(head, "Connection", connection);
  return head += "\r\n";
}

}  // namespace gallery_server
