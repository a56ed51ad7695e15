// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>
#include <imagegallery/image_format.hpp>

#include <optional>

namespace imagegallery {

/// AVIF or HEIC, by the first matching brand of the leading `ftyp` box (ISO/IEC 14496-12 §4.3; AVIF
/// §6; ISO/IEC 23008-12 §10). The major brand has precedence over the compatible ones. nullopt for
/// other brands and other files.
[[nodiscard]] std::optional<ImageFormat> format_of_brands(ByteView leading) noexcept;

}  // namespace imagegallery
