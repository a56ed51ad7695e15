// SPDX-License-Identifier: Apache-2.0
#include "http/byte_range.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "http/http_fields.hpp"

namespace imagegallery {
namespace {

// Positions above 64 bits saturate: no representation is that long.
std::optional<std::uint64_t> position(std::string_view digits) noexcept {
  constexpr auto max = std::numeric_limits<std::uint64_t>::max();
  if (digits.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    value = value > (max - digit) / 10 ? max : value * 10 + digit;
  }
  return value;
}

// The single non-empty element of a list; nullopt if there are none or several.
std::optional<std::string_view> only_element(std::string_view list) noexcept {
  std::string_view found;
  while (!list.empty()) {
    const auto comma = list.find(',');
    const auto element = trim_blanks(list.substr(0, comma));
    if (!element.empty()) {
      if (!found.empty()) return std::nullopt;
      found = element;
    }
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  if (found.empty()) return std::nullopt;
  return found;
}

}  // namespace

ByteRange apply_range(std::string_view field, std::uint64_t size) noexcept {
  constexpr ByteRange whole;
  field = trim_blanks(field);
  const auto equals = field.find('=');
  if (equals == std::string_view::npos || !equals_ignoring_case(field.substr(0, equals), "bytes")) {
    return whole;
  }
  const auto element = only_element(field.substr(equals + 1));
  if (!element) return whole;
  const auto dash = element->find('-');
  if (dash == std::string_view::npos) return whole;

  const auto end = element->substr(dash + 1);
  if (dash == 0) {
    const auto suffix = position(end);
    if (!suffix) return whole;
    if (*suffix == 0) return {ByteRange::Kind::unsatisfiable, 0, 0};
    if (size == 0) return whole;
    return {ByteRange::Kind::part, size - std::min(*suffix, size), size - 1};
  }
  const auto first = position(element->substr(0, dash));
  const auto last =
      end.empty() ? std::optional{std::numeric_limits<std::uint64_t>::max()} : position(end);
  if (!first || !last || *first > *last) return whole;
  if (*first >= size) return {ByteRange::Kind::unsatisfiable, 0, 0};
  return {ByteRange::Kind::part, *first, std::min(*last, size - 1)};
}

}  // namespace imagegallery
