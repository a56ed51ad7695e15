// SPDX-License-Identifier: Apache-2.0
#include "image/header_readers.hpp"

namespace imagegallery {
namespace {

/// The number of colour channels of a colour mode, as numbered in the file; any more are alpha.
std::uint32_t channels_of_mode(std::uint32_t mode) noexcept {
  constexpr std::uint32_t rgb = 3;
  constexpr std::uint32_t cmyk = 4;
  constexpr std::uint32_t multichannel = 7;
  constexpr std::uint32_t lab = 9;
  if (mode == rgb || mode == lab) return 3;
  if (mode == cmyk) return 4;
  if (mode == multichannel) return 56;
  return 1;
}

}  // namespace

ImageHeader read_psd_header(ByteReader& reader) {
  reader.skip(12);
  const std::uint32_t channels = reader.big_endian<std::uint16_t>();
  if (channels < 1 || channels > 56) {
    reader.fail("the number of channels is " + std::to_string(channels) + ", must be 1 to 56");
  }
  ImageHeader header;
  header.height = reader.big_endian<std::uint32_t>();
  header.width = reader.big_endian<std::uint32_t>();
  reader.skip(2);
  const std::uint32_t mode = reader.big_endian<std::uint16_t>();
  header.has_alpha = channels > channels_of_mode(mode);
  return header;
}

}  // namespace imagegallery
