// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/image_format.hpp>

#include <cstdint>

#include "image/byte_reader.hpp"

namespace imagegallery {

// One function per format family, for files that `sniff` assigned to it. `reader` is at offset 0.
// Each reads no more than the header needs, so that files damaged or truncated after it still have
// one. Allocations never depend on sizes stated by the file.
// Throws: `broken_image`, what the source throws.

[[nodiscard]] ImageHeader read_png_header(ByteReader& reader);
[[nodiscard]] ImageHeader read_jpeg_header(ByteReader& reader);
[[nodiscard]] ImageHeader read_gif_header(ByteReader& reader);
[[nodiscard]] ImageHeader read_webp_header(ByteReader& reader);
[[nodiscard]] ImageHeader read_tiff_header(ByteReader& reader);
[[nodiscard]] ImageHeader read_jpeg_xl_header(ByteReader& reader);
[[nodiscard]] ImageHeader read_psd_header(ByteReader& reader);

/// Throws: also `unsupported_format` if only the letters "BM" look like a bitmap.
[[nodiscard]] ImageHeader read_bmp_header(ByteReader& reader);

/// `format` is `ico` or `cur`. Throws: also `unsupported_format` if the directory is empty.
[[nodiscard]] ImageHeader read_ico_header(ByteReader& reader, ImageFormat format);

/// `format` is `avif` or `heic`.
[[nodiscard]] ImageHeader read_iso_bmff_header(ByteReader& reader, ImageFormat format);

/// Throws: also `unsupported_format` for another root element, or a document type with an internal
/// subset.
[[nodiscard]] ImageHeader read_svg_header(const ByteSource& source);

/// Swaps width and height for EXIF orientations 5 to 8.
void apply_orientation(ImageHeader& header) noexcept;

}  // namespace imagegallery
