// SPDX-License-Identifier: Apache-2.0
#include "image/tiff_directory.hpp"

namespace imagegallery {
namespace {

// TIFF 6.0 §8 and "Additional Baseline TIFF Tags".
constexpr std::uint16_t tag_width = 256;
constexpr std::uint16_t tag_height = 257;
constexpr std::uint16_t tag_orientation = 274;
constexpr std::uint16_t tag_extra_samples = 338;

// TIFF 6.0 §2 and BigTIFF: the types of unsigned numbers.
constexpr std::uint16_t type_byte = 1;
constexpr std::uint16_t type_short = 3;
constexpr std::uint16_t type_long = 4;
constexpr std::uint16_t type_long_8 = 16;

}  // namespace

TiffReader::TiffReader(ByteReader& reader, std::uint64_t length)
    : reader_(reader), base_(reader.position()), length_(length) {
  if (length < 8) reader_.fail("too short for a TIFF header");
  const auto order = reader_.big_endian<std::uint16_t>();
  if (order != 0x4949 && order != 0x4D4D) reader_.fail("unknown TIFF byte order");
  big_endian_ = order == 0x4D4D;
  const auto version = number(2);
  if (version != 42 && version != 43) reader_.fail("unknown TIFF version");
  big_tiff_ = version == 43;
  if (big_tiff_) {
    if (length < 16 || number(2) != 8 || number(2) != 0) reader_.fail("invalid BigTIFF header");
  }
  first_ = number(big_tiff_ ? 8 : 4);
}

std::uint64_t TiffReader::number(unsigned bytes) {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < bytes; ++i) {
    const std::uint64_t byte = reader_.u8();
    value = big_endian_ ? value << 8 | byte : value | byte << (8 * i);
  }
  return value;
}

void TiffReader::go_to(std::uint64_t offset, std::uint64_t needed) {
  if (offset > length_ || needed > length_ - offset) {
    reader_.fail("the TIFF directory at byte " + std::to_string(offset) + " exceeds the file");
  }
  reader_.seek(base_ + offset);
}

std::uint64_t TiffReader::read_count(std::uint64_t offset) {
  const unsigned count_bytes = big_tiff_ ? 8 : 2;
  go_to(offset, count_bytes);
  const std::uint64_t count = number(count_bytes);
  // There are only 65,536 tags. This also prevents an overflow below.
  if (count > 65'536) {
    reader_.fail("a TIFF directory has too many entries: " + std::to_string(count));
  }
  const std::uint64_t entry_bytes = big_tiff_ ? 20 : 12;
  const std::uint64_t next_bytes = big_tiff_ ? 8 : 4;
  go_to(offset + count_bytes, count * entry_bytes + next_bytes);
  return count;
}

std::optional<std::uint64_t> TiffReader::read_value(std::uint16_t type) {
  switch (type) {
    case type_byte:
      return number(1);
    case type_short:
      return number(2);
    case type_long:
      return number(4);
    case type_long_8:
      if (big_tiff_) return number(8);
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

TiffDirectory TiffReader::read_directory(std::uint64_t offset) {
  TiffDirectory directory;
  const std::uint64_t count = read_count(offset);
  const std::uint64_t entry_bytes = big_tiff_ ? 20 : 12;
  const std::uint64_t entries = reader_.position();
  for (std::uint64_t i = 0; i < count; ++i) {
    reader_.seek(entries + i * entry_bytes);
    const auto tag = static_cast<std::uint16_t>(number(2));
    const auto type = static_cast<std::uint16_t>(number(2));
    const std::uint64_t values = number(big_tiff_ ? 8 : 4);
    if (tag == tag_extra_samples) directory.has_extra_samples = values != 0;
    if (values != 1) continue;
    const auto value = read_value(type);
    if (!value) continue;
    if (tag == tag_width) directory.width = *value;
    if (tag == tag_height) directory.height = *value;
    if (tag == tag_orientation && *value >= 1 && *value <= 8) {
      directory.orientation = static_cast<std::uint32_t>(*value);
    }
  }
  reader_.seek(entries + count * entry_bytes);
  directory.next = number(big_tiff_ ? 8 : 4);
  return directory;
}

std::uint64_t TiffReader::read_next(std::uint64_t offset) {
  const std::uint64_t count = read_count(offset);
  reader_.skip(count * (big_tiff_ ? 20 : 12));
  return number(big_tiff_ ? 8 : 4);
}

}  // namespace imagegallery
