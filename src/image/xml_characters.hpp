// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>

#include <cstddef>

namespace imagegallery {

/// The ASCII characters of an XML document, one by one, in any encoding. The encoding is detected
/// from the first bytes (XML 1.0 appendix F). Its declaration does not affect markup characters, so
/// it is ignored.
class XmlCharacters {
 public:
  static constexpr int end = -1;
  static constexpr int other = 0x80;  ///< Any non-ASCII character.

  explicit XmlCharacters(ByteView bytes) noexcept;

  /// The next character, `other` or `end`, without consuming it.
  [[nodiscard]] int peek() const noexcept { return next_; }
  int take() noexcept;

 private:
  enum class Encoding { ascii_like, utf_16_be, utf_16_le, utf_32_be, utf_32_le, ebcdic };

  [[nodiscard]] int decode() noexcept;

  ByteView rest_;
  Encoding encoding_ = Encoding::ascii_like;
  bool double_byte_ = false;  // Within an ISO-2022 escape, where no byte is ASCII.
  int next_ = end;
};

}  // namespace imagegallery
