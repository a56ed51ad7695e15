// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>
#include <imagegallery/preview.hpp>

#include <cstdint>
#include <span>

namespace imagegallery {

/// Whether `make_previews` decodes pixels of that format.
[[nodiscard]] bool has_decoder(ImageFormat format) noexcept;

/// An upper bound, in bytes, on the memory that `make_previews` claims from its budget for this
/// image; at most `budget.max_memory_bytes`, and 0 without a decoder. Reads a few bytes of the
/// source and decodes nothing. A damaged file may get any such bound. Throws: what the source
/// throws.
[[nodiscard]] std::uint64_t estimate_decode_memory(const ByteSource& source,
                                                   const ImageHeader& header,
                                                   std::span<const PreviewPreset> presets,
                                                   const DecodeBudget& budget);

}  // namespace imagegallery
