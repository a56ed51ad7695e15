// SPDX-License-Identifier: Apache-2.0
#include "web/request_identity.hpp"

#include <algorithm>

namespace imagegallery {
namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view blanks = " \t";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::optional<std::string_view> bearer(std::string_view credentials) noexcept {
  constexpr std::string_view scheme = "bearer";
  credentials = trimmed(credentials);
  if (!equal_ignoring_case(credentials.substr(0, scheme.size()), scheme)) return std::nullopt;
  credentials.remove_prefix(scheme.size());
  if (credentials.empty() || credentials.front() != ' ') return std::nullopt;
  return trimmed(credentials);
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
    if (!equal_ignoring_case(field.name, "Cookie")) continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      const auto end = std::min(rest.find(';'), rest.size());
      const std::string_view pair = trimmed(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const auto equals = pair.find('=');
      if (equals != std::string_view::npos && pair.substr(0, equals) == name)
        return pair.substr(equals + 1);
    }
  }
  return std::nullopt;
}

bool from_another_origin(const HttpRequestHead& head) noexcept {
  // A proxy may rewrite Host, so that Origin alone would refuse the page's own writes; pages cannot
  // forge Sec-Fetch-Site.
  if (const auto site = head.find("Sec-Fetch-Site")) {
    const std::string_view relation = trimmed(*site);
    return relation != "same-origin" && relation != "none";
  }
  const auto origin = head.find("Origin");
  if (!origin) return false;
  const auto scheme_end = origin->find("://");
  const auto host = head.find("Host");
  if (scheme_end == std::string_view::npos || !host) return true;
  return !equal_ignoring_case(trimmed(origin->substr(scheme_end + 3)), trimmed(*host));
}

bool is_safe(std::string_view method) noexcept {
  return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

}  // namespace imagegallery
