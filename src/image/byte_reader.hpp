// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace imagegallery {

/// A four-character code (the name of a chunk or box) as one number, to compare and switch on.
[[nodiscard]] consteval std::uint32_t fourcc(const char (&text)[5]) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(text[i]);
  return value;
}

/// Reads numbers and bytes in sequence from a source through a small buffer. Never reads outside
/// the source: an attempt throws `broken_image`, whose message states where the file ends.
///
/// Not thread safe. The source must outlive the reader.
class ByteReader {
 public:
  /// `format` is the prefix of error messages, such as "PNG".
  ByteReader(const ByteSource& source, std::string_view format);

  [[nodiscard]] const ByteSource& source() const noexcept { return source_; }
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  [[nodiscard]] std::uint64_t position() const noexcept { return position_; }
  [[nodiscard]] std::uint64_t remaining() const noexcept { return size_ - position_; }

  /// Throws: `broken_image` if `position` is past the end (at the end is fine).
  void seek(std::uint64_t position);
  /// Throws: `broken_image` if fewer bytes remain.
  void skip(std::uint64_t count);

  // Each throws `broken_image` if fewer bytes remain, and whatever the source throws.
  [[nodiscard]] std::uint8_t u8() {
    if (position_ - window_start_ >= window_size_) load(1);
    return std::to_integer<std::uint8_t>(
        window_[static_cast<std::size_t>(position_++ - window_start_)]);
  }
  template <std::unsigned_integral Number>
  [[nodiscard]] Number big_endian() {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i) value = value << 8 | u8();
    return static_cast<Number>(value);
  }
  template <std::unsigned_integral Number>
  [[nodiscard]] Number little_endian() {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
      value |= static_cast<std::uint64_t>(u8()) << (8 * i);
    }
    return static_cast<Number>(value);
  }
  void read(std::span<std::byte> into);

  /// Moves to the next byte of that value at or after the position, or to the end.
  void find(std::byte value);

  /// Throws: `broken_image` with the message, prefixed by the format.
  [[noreturn]] void fail(const std::string& message) const;

 private:
  void load(std::uint64_t count);

  const ByteSource& source_;
  const std::string_view format_;
  const std::uint64_t size_;
  std::uint64_t position_ = 0;
  std::uint64_t window_start_ = 0;
  std::size_t window_size_ = 0;
  std::array<std::byte, 4096> window_;
};

}  // namespace imagegallery
