// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>
#include <imagegallery/image_format.hpp>

namespace imagegallery {

/// Whether a PNG, JPEG or GIF contains anything not needed to display it: EXIF, XMP, IPTC,
/// comments, texts, thumbnails, application data not known to be harmless, or stray bytes. Colour
/// profiles and animation timing are needed. Requires: `source` was decoded without error.
/// Throws: what the source throws.
[[nodiscard]] bool carries_metadata(const ByteSource& source, ImageFormat format);

}  // namespace imagegallery
