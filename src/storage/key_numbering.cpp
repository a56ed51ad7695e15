// SPDX-License-Identifier: Apache-2.0
#include "storage/key_numbering.hpp"

#include <imagegallery/storage_change.hpp>

#include <charconv>

namespace imagegallery {

bool fits_any_number(std::string_view key) noexcept {
  constexpr std::size_t max_key_bytes = 255;
  constexpr std::string_view longest_suffix = "_(4294967295)";
  return key.size() + longest_suffix.size() <= max_key_bytes;
}

std::optional<NumberedKey> parse_numbered_key(std::string_view key) {
  const auto dot = key.rfind('.');
  const auto name = key.substr(0, dot);
  const auto extension = dot == std::string_view::npos ? std::string_view{} : key.substr(dot);
  const auto open = name.rfind("_(");
  if (open == std::string_view::npos || !name.ends_with(')')) return std::nullopt;

  const auto digits = name.substr(open + 2, name.size() - open - 3);
  NumberedKey result;
  const auto* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, result.number);
  if (error != std::errc{} || stop != end || result.number == 0) return std::nullopt;
  result.base = std::string{name.substr(0, open)}.append(extension);
  // E.g. leading zeros: `numbered_key` would not create this key.
  if (!fits_any_number(result.base) || numbered_key(result.base, result.number) != key) {
    return std::nullopt;
  }
  return result;
}

}  // namespace imagegallery
