// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace imagegallery {

/// Where a string's raw text lies in its JSON source, between the quotes.
struct RawJsonString {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  bool has_escapes = false;
};

/// Pulls the parts of one JSON text out of a source, strictly (RFC 8259), through a small window:
/// needs the same memory whatever the text's length. Each function skips white space first.
/// Throws: `invalid_argument` naming the byte offset and what was expected; what the source throws.
class JsonReader {
 public:
  explicit JsonReader(const ByteSource& source) : source_(source), size_(source.size()) {}

  /// The next byte that is no white space, unread; 0 at the end.
  [[nodiscard]] char peek();

  /// Reads this one byte.
  void expect(char byte);

  /// Reads this byte if it is next.
  [[nodiscard]] bool accept(char byte);

  /// A string's text, at most `max_bytes` of UTF-8.
  [[nodiscard]] std::string read_string(std::size_t max_bytes);

  /// Passes a string without keeping it, checked as if it were read.
  RawJsonString skip_string();

  [[nodiscard]] double read_number();

  /// "true", "false" or "null": the first letter of which is next.
  void read_literal(std::string_view literal);

  /// Passes a value of any type, checked in full. `depth` is how deep it stands already.
  void skip_value(unsigned depth);

  /// Requires that nothing but white space is left.
  void expect_end();

  /// Throws `invalid_argument` that names the present offset.
  [[noreturn]] void fail(const std::string& what) const;

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
