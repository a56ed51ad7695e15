// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace imagegallery {

/// A key that `numbered_key(base, number)` gives.
struct NumberedKey {
  std::string base;
  std::uint32_t number = 0;

  friend bool operator==(const NumberedKey&, const NumberedKey&) = default;
};

/// Whether every number fits behind `key` without shortening its name. Only then does
/// `parse_numbered_key` lead from each candidate back to `key`.
[[nodiscard]] bool takes_any_number(std::string_view key) noexcept;

/// The unshortened key and the number that `key` was made of, where it looks like that. Removing
/// such a key frees the number, which a remembered "all below are taken" has to respect.
[[nodiscard]] std::optional<NumberedKey> parse_numbered_key(std::string_view key);

}  // namespace imagegallery
