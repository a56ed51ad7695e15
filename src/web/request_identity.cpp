// SPDX-License-Identifier: Apache-2.0
#include "web/request_identity.hpp"

#include "http/http_fields.hpp"

#include <algorithm>

namespace imagegallery {
namespace {

std::optional<std::string_view> bearer(std::string_view credentials) noexcept {
  constexpr std::string_view scheme = "bearer";
  credentials = trim_blanks(credentials);
  if (!equals_ignoring_case(credentials.substr(0, scheme.size()), scheme)) return std::nullopt;
  credentials.remove_prefix(scheme.size());
  if (credentials.empty() || credentials.front() != ' ') return std::nullopt;
  return trim_blanks(credentials);
}

}  // namespace

std::optional<std::string_view> bearer_token(const HttpRequestHead& head) noexcept {
  for (const std::string_view name : {"Authorization", "X-Authorization"}) {
    const auto credentials = head.find(name);
    if (!credentials) continue;
    if (const auto token = bearer(*credentials)) return token;
  }
  return std::nullopt;
}

std::optional<std::string_view> cookie(const HttpRequestHead& head,
                                       std::string_view name) noexcept {
  for (const HttpField& field : head.fields) {
    if (!equals_ignoring_case(field.name, "Cookie")) continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      const auto end = std::min(rest.find(';'), rest.size());
      const std::string_view pair = trim_blanks(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const auto equals = pair.find('=');
      if (equals != std::string_view::npos && pair.substr(0, equals) == name)
        return pair.substr(equals + 1);
    }
  }
  return std::nullopt;
}

bool from_another_origin(const HttpRequestHead& head) noexcept {
  // A proxy may rewrite Host, so Origin alone would reject the page's own writes; pages cannot
  // forge Sec-Fetch-Site.
  if (const auto site = head.find("Sec-Fetch-Site")) {
    const std::string_view relation = trim_blanks(*site);
    return relation != "same-origin" && relation != "none";
  }
  const auto origin = head.find("Origin");
  if (!origin) return false;
  const auto scheme_end = origin->find("://");
  const auto host = head.find("Host");
  if (scheme_end == std::string_view::npos || !host) return true;
  return !equals_ignoring_case(trim_blanks(origin->substr(scheme_end + 3)), trim_blanks(*host));
}

bool is_safe(std::string_view method) noexcept {
  return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

}  // namespace imagegallery
