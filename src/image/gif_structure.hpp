// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "image/byte_reader.hpp"

namespace imagegallery {

/// The structure of a GIF, without its pixels.
struct GifStructure {
  std::uint32_t width = 0;  ///< Of the canvas on which the frames are drawn.
  std::uint32_t height = 0;
  std::uint32_t frames = 0;
  std::uint32_t frame_left = 0;  ///< Position of the first frame, which may exceed the canvas.
  std::uint32_t frame_top = 0;
  std::uint32_t frame_width = 0;
  std::uint32_t frame_height = 0;
  bool is_transparent = false;    ///< The first frame has a transparent colour.
  bool carries_metadata = false;  ///< Comments, text, or application data other than for looping.
  bool is_complete = false;  ///< Every block is whole, up to the trailer, the end of the file or,
                             ///< after a frame, stray bytes.
  std::uint64_t end = 0;     ///< The offset after the last whole block.
};

/// Walks over all blocks (GIF89a specification). For a file that is damaged or truncated after the
/// screen descriptor, returns what was read before. The trailer may be missing, since some encoders
/// omit it. `reader` is at the signature. Throws: `broken_image` if the screen descriptor is
/// missing, what the source throws.
[[nodiscard]] GifStructure read_gif_structure(ByteReader& reader);

}  // namespace imagegallery
