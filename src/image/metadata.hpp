// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>
#include <imagegallery/image_format.hpp>

namespace imagegallery {

/// Whether a PNG, JPEG or GIF holds anything besides its pixels and what showing them takes: EXIF,
/// XMP, IPTC, comments, texts, thumbnails, application data that is not known to be harmless, or
/// bytes that belong to no part of the format. A colour profile and an animation's timing take part
/// in showing. `source` has been decoded without error.
/// Throws: what the source throws.
[[nodiscard]] bool carries_metadata(const ByteSource& source, ImageFormat format);

}  // namespace imagegallery
