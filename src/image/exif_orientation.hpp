// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>

#include <cstdint>

namespace imagegallery {

/// The orientation in an EXIF block (CIPA DC-008 §4.6.4): 1 to 8; 1 if it is absent or the block is
/// damaged, since the image itself is still usable. The block is the `length` bytes from `offset`
/// on: the TIFF structure, with or without "Exif\0\0" before it. Throws: what the source throws.
[[nodiscard]] std::uint32_t read_exif_orientation(const ByteSource& source, std::uint64_t offset,
                                                  std::uint64_t length);

}  // namespace imagegallery
