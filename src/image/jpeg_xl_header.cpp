// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "image/header_readers.hpp"

namespace imagegallery {
namespace {

/// One of the four codings of a number: `base` plus a number of `bits` bits.
struct Coding {
  unsigned bits;
  std::uint32_t base;
};

/// Reads the fields of code stream headers (ISO/IEC 18181-1 annexes B and D) bit by bit, least
/// significant first. In a container the code stream may be split over several boxes.
class CodeStream {
 public:
  explicit CodeStream(ByteReader& reader) : reader_(reader) {
    if (reader_.u8() == 0xFF && reader_.u8() == 0x0A) {
      box_end_ = reader_.size();
      return;
    }
    reader_.seek(12);
    enter_next_box();
    if (u(16) != 0x0AFF) reader_.fail("the code stream box has no code stream signature");
  }

  std::uint32_t u(unsigned bits) {
    std::uint32_t value = 0;
    for (unsigned i = 0; i < bits; ++i) value |= bit() << i;
    return value;
  }

  bool flag() { return u(1) != 0; }

  std::uint32_t coded(const std::array<Coding, 4>& codings) {
    const Coding& coding = codings[u(2)];
    return coding.base + u(coding.bits);
  }

  std::uint32_t enumeration() { return coded({{{0, 0}, {0, 1}, {4, 2}, {6, 18}}}); }

 private:
  std::uint32_t bit() {
    if (bits_left_ == 0) {
      while (reader_.position() == box_end_ && box_end_ != reader_.size()) enter_next_box();
      byte_ = reader_.u8();
      bits_left_ = 8;
    }
    const std::uint32_t bit = byte_ & 1u;
    byte_ = static_cast<std::uint8_t>(byte_ >> 1);
    --bits_left_;
    return bit;
  }

  /// ISO/IEC 18181-2 §9: skips to the next box with a part of the code stream.
  void enter_next_box() {
    while (true) {
      const std::uint64_t start = reader_.position();
      std::uint64_t size = reader_.big_endian<std::uint32_t>();
      const auto type = reader_.big_endian<std::uint32_t>();
      if (size == 1) size = reader_.big_endian<std::uint64_t>();
      if (size == 0) size = reader_.size() - start;
      const std::uint64_t head = reader_.position() - start;
      if (size < head) reader_.fail("a box is smaller than its own header");
      if (type == fourcc("jxlc") || type == fourcc("jxlp")) {
        // The last box may be truncated: usually it still contains the header.
        box_end_ = start + std::min(size, reader_.size() - start);
        if (type == fourcc("jxlp")) reader_.skip(4);  // Part number.
        return;
      }
      reader_.skip(size - head);
    }
  }

  ByteReader& reader_;
  std::uint64_t box_end_ = 0;
  std::uint8_t byte_ = 0;
  unsigned bits_left_ = 0;
};

struct Size {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
};

std::uint32_t side_of_ratio(std::uint32_t height, unsigned ratio) noexcept {
  struct Fraction {
    std::uint64_t numerator, denominator;
  };
  static constexpr std::array<Fraction, 8> ratios{
      {{0, 1}, {1, 1}, {12, 10}, {4, 3}, {3, 2}, {16, 9}, {5, 4}, {2, 1}}};
  return static_cast<std::uint32_t>(height * ratios[ratio].numerator / ratios[ratio].denominator);
}

Size read_size(CodeStream& stream) {
  constexpr std::array<Coding, 4> side{{{9, 1}, {13, 1}, {18, 1}, {30, 1}}};
  const bool in_eights = stream.flag();
  Size size;
  size.height = in_eights ? (stream.u(5) + 1) * 8 : stream.coded(side);
  const unsigned ratio = stream.u(3);
  if (ratio != 0) {
    size.width = side_of_ratio(size.height, ratio);
  } else {
    size.width = in_eights ? (stream.u(5) + 1) * 8 : stream.coded(side);
  }
  return size;
}

void skip_preview(CodeStream& stream) {
  const bool in_eights = stream.flag();
  constexpr std::array<Coding, 4> eights{{{0, 16}, {0, 32}, {5, 1}, {9, 33}}};
  constexpr std::array<Coding, 4> side{{{6, 1}, {8, 65}, {10, 321}, {12, 1345}}};
  (void)stream.coded(in_eights ? eights : side);
  if (stream.u(3) == 0) (void)stream.coded(in_eights ? eights : side);
}

void skip_animation(CodeStream& stream) {
  (void)stream.coded({{{0, 100}, {0, 1000}, {10, 1}, {30, 1}}});
  (void)stream.coded({{{0, 1}, {0, 1001}, {8, 1}, {10, 1}}});
  (void)stream.coded({{{0, 0}, {3, 0}, {16, 0}, {32, 0}}});
  (void)stream.flag();
}

void skip_bit_depth(CodeStream& stream) {
  if (stream.flag()) {
    (void)stream.coded({{{0, 32}, {0, 16}, {0, 24}, {6, 1}}});
    (void)stream.u(4);
  } else {
    (void)stream.coded({{{0, 8}, {0, 10}, {0, 12}, {6, 1}}});
  }
}

/// Whether the extra channel is alpha.
bool read_extra_channel(CodeStream& stream) {
  constexpr std::uint32_t type_alpha = 0;
  constexpr std::uint32_t type_spot_color = 2;
  constexpr std::uint32_t type_filter_array = 5;
  if (stream.flag()) return true;  // All defaults, which describe an alpha channel.
  const std::uint32_t type = stream.enumeration();
  skip_bit_depth(stream);
  (void)stream.coded({{{0, 0}, {0, 3}, {0, 4}, {3, 1}}});
  const std::uint32_t name_length = stream.coded({{{0, 0}, {4, 0}, {5, 16}, {10, 48}}});
  for (std::uint32_t i = 0; i < name_length; ++i) (void)stream.u(8);
  if (type == type_alpha) (void)stream.flag();
  if (type == type_spot_color) {
    for (int i = 0; i < 4; ++i) (void)stream.u(16);
  }
  if (type == type_filter_array) (void)stream.coded({{{0, 1}, {2, 0}, {4, 3}, {8, 19}}});
  return type == type_alpha;
}

void read_metadata(CodeStream& stream, ImageHeader& header) {
  if (stream.flag()) return;  // All defaults.
  if (stream.flag()) {
    header.orientation = stream.u(3) + 1;
    if (stream.flag()) (void)read_size(stream);
    if (stream.flag()) skip_preview(stream);
    if (stream.flag()) skip_animation(stream);
  }
  skip_bit_depth(stream);
  (void)stream.flag();  // Whether 16-bit buffers suffice for modular coding.
  const std::uint32_t extra = stream.coded({{{0, 0}, {0, 1}, {4, 2}, {12, 1}}});
  for (std::uint32_t i = 0; i < extra && !header.has_alpha; ++i) {
    header.has_alpha = read_extra_channel(stream);
  }
}

}  // namespace

ImageHeader read_jpeg_xl_header(ByteReader& reader) {
  CodeStream stream(reader);
  const Size size = read_size(stream);
  ImageHeader header;
  header.width = size.width;
  header.height = size.height;
  read_metadata(stream, header);
  apply_orientation(header);
  return header;
}

}  // namespace imagegallery
