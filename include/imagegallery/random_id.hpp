// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/export.hpp>

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace imagegallery {

namespace detail {
IMAGEGALLERY_EXPORT std::array<std::uint8_t, 16> make_random_uuid();
IMAGEGALLERY_EXPORT std::string uuid_to_string(const std::array<std::uint8_t, 16>& bytes);
IMAGEGALLERY_EXPORT std::optional<std::array<std::uint8_t, 16>> parse_uuid(std::string_view text);
}  // namespace detail

/// A random UUID (RFC 9562, version 4). `Tag` makes ids of different kinds distinct types. A
/// default-constructed id is nil: all zeros.
template <typename Tag>
struct RandomId {
  std::array<std::uint8_t, 16> bytes{};

  /// Returns a new id from the operating system's random number generator.
  /// Throws: `storage_failure` if the generator fails.
  [[nodiscard]] static RandomId make() { return {detail::make_random_uuid()}; }

  /// Parses 8-4-4-4-12 hexadecimal digits, in upper or lower case; nullopt for any other text.
  [[nodiscard]] static std::optional<RandomId> parse(std::string_view text) {
    if (const auto bytes = detail::parse_uuid(text)) return RandomId{*bytes};
    return std::nullopt;
  }

  /// 8-4-4-4-12 lower-case hexadecimal digits.
  [[nodiscard]] std::string to_string() const { return detail::uuid_to_string(bytes); }

  [[nodiscard]] bool is_nil() const noexcept { return *this == RandomId{}; }

  friend auto operator<=>(const RandomId&, const RandomId&) = default;
};

}  // namespace imagegallery
