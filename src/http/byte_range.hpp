// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace imagegallery {

/// The part of a representation that a Range field requests.
struct ByteRange {
  enum class Kind {
    whole,          ///< Send everything: no range, several ranges, another unit, or malformed.
    part,           ///< Send `first` to `last`.
    unsatisfiable,  ///< 416: the range starts after the end.
  };
  Kind kind = Kind::whole;
  std::uint64_t first = 0;
  std::uint64_t last = 0;  ///< Inclusive.

  [[nodiscard]] std::uint64_t length() const noexcept { return last - first + 1; }

  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

/// Applies a Range field (RFC 9110 §14.2) to a representation of `size` bytes. Several ranges
/// return the whole: one part for each would let a small request ask for many responses.
[[nodiscard]] ByteRange apply_range(std::string_view field, std::uint64_t size) noexcept;

}  // namespace imagegallery
