// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>

#include <cstdint>

namespace imagegallery {

/// The orientation in an EXIF block (CIPA DC-008 §4.6.4): 1 to 8, and 1 where it states none or is
/// damaged, which takes nothing from the image. The block is the `length` bytes from `offset` on:
/// the TIFF structure, with or without "Exif\0\0" before it. Throws: what the source throws.
[[nodiscard]] std::uint32_t read_exif_orientation(const ByteSource& source, std::uint64_t offset,
                                                  std::uint64_t length);

}  // namespace imagegallery
