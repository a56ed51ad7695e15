// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "image/byte_reader.hpp"

namespace imagegallery {

/// A GIF without its pixels.
struct GifStructure {
  std::uint32_t width = 0;  ///< Of the canvas on which frames are composed.
  std::uint32_t height = 0;
  std::uint32_t frames = 0;
  std::uint32_t frame_left = 0;  ///< The first frame's place on the canvas; it may stick out.
  std::uint32_t frame_top = 0;
  std::uint32_t frame_width = 0;
  std::uint32_t frame_height = 0;
  bool is_transparent = false;    ///< The first frame has a transparent colour.
  bool carries_metadata = false;  ///< Comments, text, or application data other than for looping.
  bool is_complete = false;  ///< Every block is wholly there, up to the trailer, the end of the
                             ///< file, or, behind a frame, stray bytes.
  std::uint64_t end = 0;     ///< The offset behind the last whole block.
};

/// Walks over all blocks (GIF89a specification); a file that is damaged or cut short behind the
/// screen descriptor gives what was before. The trailer may be missing, as some encoders forget it.
/// `reader` is at the signature. Throws: `broken_image` where there is no screen descriptor, what
/// the source throws.
[[nodiscard]] GifStructure read_gif_structure(ByteReader& reader);

}  // namespace imagegallery
