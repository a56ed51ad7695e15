// SPDX-License-Identifier: Apache-2.0
#include "image/xml_characters.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace imagegallery {
namespace {

using namespace std::string_view_literals;

bool starts_with(ByteView bytes, std::string_view text) noexcept {
  const auto prefix = as_bytes(text);
  return bytes.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), bytes.begin());
}

/// ASCII for the EBCDIC bytes that are the same in the Latin code pages (037, 500, 1047, …). '[' is
/// the exception: it differs, but it only causes rejection, so the '[' of any code page counts.
int ascii_of_ebcdic(std::uint8_t byte) noexcept {
  struct Run {
    std::uint8_t first;
    std::string_view ascii;
  };
  static constexpr std::array runs{
      Run{0x05, "\t"},         Run{0x0D, "\r"},        Run{0x15, "\n"},
      Run{0x25, "\n"},         Run{0x40, " "},         Run{0x4A, "["},
      Run{0x4B, ".<(+"},       Run{0x50, "&"},         Run{0x5A, "!"},
      Run{0x5C, "*);"},        Run{0x60, "-/"},        Run{0x6B, ",%_>?"},
      Run{0x7A, ":#@'=\""},    Run{0x81, "abcdefghi"}, Run{0x91, "jklmnopqr"},
      Run{0xA2, "stuvwxyz"},   Run{0xAD, "["},         Run{0xBA, "["},
      Run{0xC1, "ABCDEFGHI"},  Run{0xD1, "JKLMNOPQR"}, Run{0xE2, "STUVWXYZ"},
      Run{0xF0, "0123456789"},
  };
  for (const Run& run : runs) {
    if (byte >= run.first && byte < run.first + run.ascii.size()) {
      return run.ascii[static_cast<std::size_t>(byte - run.first)];
    }
  }
  return XmlCharacters::other;
}

}  // namespace

XmlCharacters::XmlCharacters(ByteView bytes) noexcept : rest_(bytes) {
  struct Mark {
    std::string_view bytes;
    Encoding encoding;
    std::size_t skipped;
  };
  // The four-byte marks come first: UTF-32's little-endian mark begins with UTF-16's.
  static constexpr std::array marks{
      Mark{"\xFF\xFE\x00\x00"sv, Encoding::utf_32_le, 4},
      Mark{"\x00\x00\xFE\xFF"sv, Encoding::utf_32_be, 4},
      Mark{"<\x00\x00\x00"sv, Encoding::utf_32_le, 0},
      Mark{"\x00\x00\x00<"sv, Encoding::utf_32_be, 0},
      Mark{"\xFF\xFE"sv, Encoding::utf_16_le, 2},
      Mark{"\xFE\xFF"sv, Encoding::utf_16_be, 2},
      Mark{"<\x00"sv, Encoding::utf_16_le, 0},
      Mark{"\x00<"sv, Encoding::utf_16_be, 0},
      Mark{"\xEF\xBB\xBF"sv, Encoding::ascii_like, 3},
      Mark{"\x4C\x6F\xA7\x94"sv, Encoding::ebcdic, 0},
  };
  for (const Mark& mark : marks) {
    if (starts_with(bytes, mark.bytes)) {
      encoding_ = mark.encoding;
      rest_ = rest_.subspan(mark.skipped);
      break;
    }
  }
  next_ = decode();
}

int XmlCharacters::take() noexcept {
  const int taken = next_;
  if (taken != end) next_ = decode();
  return taken;
}

int XmlCharacters::decode() noexcept {
  std::size_t unit = 1;
  if (encoding_ == Encoding::utf_16_be || encoding_ == Encoding::utf_16_le) unit = 2;
  if (encoding_ == Encoding::utf_32_be || encoding_ == Encoding::utf_32_le) unit = 4;
  if (rest_.size() < unit) return end;
  const bool little = encoding_ == Encoding::utf_16_le || encoding_ == Encoding::utf_32_le;
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < unit; ++i) {
    value = value << 8 | std::to_integer<std::uint32_t>(rest_[little ? unit - 1 - i : i]);
  }
  rest_ = rest_.subspan(unit);
  if (encoding_ == Encoding::ebcdic) return ascii_of_ebcdic(static_cast<std::uint8_t>(value));
  if (encoding_ == Encoding::ascii_like && value == 0x1B) {
    // ISO 2022: ESC $ begins a run of two-byte characters made of ASCII bytes; ESC ( B or
    // ESC ( J ends it.
    double_byte_ = starts_with(rest_, "$");
    rest_ = rest_.subspan(std::min<std::size_t>(2, rest_.size()));
    return other;
  }
  return value < 0x80 && !double_byte_ ? static_cast<int>(value) : other;
}

}  // namespace imagegallery
