// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/image_format.hpp>

#include <cstdint>

#include "image/byte_reader.hpp"

namespace imagegallery {

// One reader for each family of formats, for bytes that `sniff` took for that family. `reader` is
// at its start. Each reads as little as tells the header, so that files that are damaged or cut
// short behind it still have one; none allocates in proportion to anything that the file claims.
// Throws: `broken_image`, what the source throws.

[[nodiscard]] ImageHeader read_png_header(ByteReader& reader);
[[nodiscard]] ImageHeader read_jpeg_header(ByteReader& reader);
[[nodiscard]] ImageHeader read_gif_header(ByteReader& reader);
[[nodiscard]] ImageHeader read_webp_header(ByteReader& reader);
[[nodiscard]] ImageHeader read_tiff_header(ByteReader& reader);
[[nodiscard]] ImageHeader read_jpeg_xl_header(ByteReader& reader);
[[nodiscard]] ImageHeader read_psd_header(ByteReader& reader);

/// Throws: also `unsupported_format` where only the two letters "BM" look like a bitmap.
[[nodiscard]] ImageHeader read_bmp_header(ByteReader& reader);

/// `format` is `ico` or `cur`. Throws: also `unsupported_format` where the directory is empty.
[[nodiscard]] ImageHeader read_ico_header(ByteReader& reader, ImageFormat format);

/// `format` is `avif` or `heic`.
[[nodiscard]] ImageHeader read_iso_bmff_header(ByteReader& reader, ImageFormat format);

/// Throws: also `unsupported_format` where the document is none that this library takes: another
/// root element, or a document type with an internal subset.
[[nodiscard]] ImageHeader read_svg_header(const ByteSource& source);

/// Swaps the sides where the EXIF orientation lies the image down.
void apply_orientation(ImageHeader& header) noexcept;

}  // namespace imagegallery
