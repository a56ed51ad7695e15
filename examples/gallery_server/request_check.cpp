// SPDX-License-Identifier: Apache-2.0
#include "request_check.hpp"

#include <algorithm>
#include <cstddef>

namespace gallery_server {
namespace {

using imagegallery::HttpField;
using imagegallery::HttpRequestHead;

constexpr std::size_t max_fields = 100;

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

bool is_origin_form(std::string& target) {
  if (target.starts_with('/') || target == "*") return true;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!equal_ignoring_case(std::string_view{target}.substr(0, scheme.size()), scheme)) continue;
    const auto path = target.find_first_of("/?", scheme.size());
    target.erase(0, path);
    if (!target.starts_with('/')) target.insert(0, 1, '/');
    return true;
  }
  return false;
}

}  // namespace

std::optional<Refusal> check_message_head(HttpRequestHead& head, unsigned version) {
  if (head.fields.size() > max_fields) return Refusal{431, "More than 100 header fields."};
  const auto hosts = std::count_if(head.fields.begin(), head.fields.end(), [](const HttpField& f) {
    return equal_ignoring_case(f.name, "Host");
  });
  if (hosts > 1 || (hosts == 0 && version >= 11))
    return Refusal{400, "A request must have exactly one Host field."};
  if (const auto coding = head.find("Transfer-Encoding")) {
    if (version < 11) return Refusal{400, "HTTP/1.0 does not support transfer codings."};
    if (!equal_ignoring_case(*coding, "chunked"))
      return Refusal{501, "The only supported transfer coding is chunked."};
  }
  if (const auto expected = head.find("Expect");
      expected && version >= 11 && !equal_ignoring_case(*expected, "100-continue"))
    return Refusal{417, "The only supported expectation is 100-continue."};
  if (!is_origin_form(head.target)) return Refusal{400, "The request target must be a path."};
  return std::nullopt;
}

bool expects_continue(const HttpRequestHead& head, unsigned version) {
  const auto expected = head.find("Expect");
  return version >= 11 && expected && equal_ignoring_case(*expected, "100-continue");
}

}  // namespace gallery_server
