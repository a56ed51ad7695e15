// SPDX-License-Identifier: Apache-2.0
#include "http/accept_encoding.hpp"

#include <optional>

#include "http/http_fields.hpp"

namespace imagegallery {
namespace {

// A weight in thousandths (RFC 9110 §12.4.2); nullopt if malformed.
std::optional<int> parse_weight(std::string_view text) noexcept {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int thousandths = (text[0] - '0') * 1000;
  int unit = 100;
  for (const char c : text.substr(text.size() < 2 ? text.size() : 2)) {
    if (c < '0' || c > '9') return std::nullopt;
    thousandths += (c - '0') * unit;
    unit /= 10;
  }
  if (thousandths > 1000) return std::nullopt;
  return thousandths;
}

std::optional<int> weight_of(std::string_view parameters) noexcept {
  if (parameters.empty()) return 1000;
  const auto parameter = trim_blanks(parameters.substr(1));
  if (!equals_ignoring_case(parameter.substr(0, 2), "q=")) return std::nullopt;
  return parse_weight(parameter.substr(2));
}

}  // namespace

bool prefers_gzip(std::string_view accept_encoding) noexcept {
  std::optional<int> gzip;
  std::optional<int> identity;
  std::optional<int> any;
  while (!accept_encoding.empty()) {
    const auto comma = accept_encoding.find(',');
    const auto element = accept_encoding.substr(0, comma);
    accept_encoding.remove_prefix(comma == std::string_view::npos ? accept_encoding.size()
                                                                  : comma + 1);
    const auto semicolon = element.find(';');
    const auto coding = trim_blanks(element.substr(0, semicolon));
    const auto weight =
        weight_of(semicolon == std::string_view::npos ? "" : element.substr(semicolon));
    if (!weight) continue;
    if (equals_ignoring_case(coding, "gzip") || equals_ignoring_case(coding, "x-gzip")) {
      gzip = weight;
    } else if (equals_ignoring_case(coding, "identity")) {
      identity = weight;
    } else if (coding == "*") {
      any = weight;
    }
  }
  if (!gzip) gzip = any;
  if (!gzip || *gzip == 0) return false;
  return !identity || *gzip >= *identity;
}

}  // namespace imagegallery
