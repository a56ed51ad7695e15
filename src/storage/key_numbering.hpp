// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace imagegallery {

/// The arguments of `numbered_key(base, number)`.
struct NumberedKey {
  std::string base;
  std::uint32_t number = 0;

  friend bool operator==(const NumberedKey&, const NumberedKey&) = default;
};

/// Whether every number fits after `key` without shortening its name. Only then does
/// `parse_numbered_key` map each numbered key back to `key`.
[[nodiscard]] bool fits_any_number(std::string_view key) noexcept;

/// Parses a key created by `numbered_key`; nullopt if it was not shortened and numbered that way.
/// Removing such a key frees its number, so a stored `next_number` must be lowered.
[[nodiscard]] std::optional<NumberedKey> parse_numbered_key(std::string_view key);

}  // namespace imagegallery
