// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace imagegallery {

/// The offsets of a string's raw text in its JSON source, without the quotes.
struct RawJsonString {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  bool has_escapes = false;
};

/// A strict pull parser (RFC 8259) for one JSON text in a source. Reads through a small window, so
/// memory does not depend on the text's length. Each function skips white space first.
/// Throws: `invalid_argument` with the byte offset and the reason; any error of the source.
class JsonReader {
 public:
  explicit JsonReader(const ByteSource& source) : source_(source), size_(source.size()) {}

  /// Returns the next byte after white space without reading it; 0 at the end.
  [[nodiscard]] char peek();

  /// Reads this byte, which must be next.
  void expect(char byte);

  /// Reads this byte if it is next.
  [[nodiscard]] bool accept(char byte);

  /// Reads a string of at most `max_bytes` of UTF-8.
  [[nodiscard]] std::string read_string(std::size_t max_bytes);

  /// Skips a string without storing it, but validates it.
  RawJsonString skip_string();

  [[nodiscard]] double read_number();

  /// Reads "true", "false" or "null"; its first letter must be next.
  void read_literal(std::string_view literal);

  /// Skips and validates a value of any type. `depth` is the current nesting depth.
  void skip_value(unsigned depth);

  /// Requires that only white space is left.
  void expect_end();

  /// Throws `invalid_argument` with the current offset.
  [[noreturn]] void fail(const std::string& reason) const;

  static constexpr unsigned max_depth = 64;
  static constexpr std::size_t max_members = 10'000;  ///< Of one object.
  static constexpr std::size_t max_name_bytes = 1024;

 private:
  [[nodiscard]] bool at_end();
  [[nodiscard]] unsigned char byte();
  void skip_space();
  void read_character(std::string* text);
  void read_escape(std::string* text);
  [[nodiscard]] unsigned read_hex4();

  const ByteSource& source_;
  const std::uint64_t size_;
  std::array<std::byte, 16384> window_{};
  std::uint64_t window_begin_ = 0;
  std::size_t window_size_ = 0;
  std::uint64_t at_ = 0;
};

}  // namespace imagegallery
