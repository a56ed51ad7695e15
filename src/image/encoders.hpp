// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>

#include "image/decode_meter.hpp"
#include "image/resampler.hpp"

namespace imagegallery {

// Each encodes an image without metadata, within the meter's memory and time limits.
// Throws: `limit_exceeded`, `std::bad_alloc`.

/// Quality 85. Requires: `raster` has no alpha.
[[nodiscard]] Bytes encode_jpeg(const Raster& raster, DecodeMeter& meter);

[[nodiscard]] Bytes encode_png(const Raster& raster, DecodeMeter& meter);

}  // namespace imagegallery
