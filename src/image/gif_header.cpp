// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "image/gif_structure.hpp"
#include "image/header_readers.hpp"

namespace imagegallery {

ImageHeader read_gif_header(ByteReader& reader) {
  const GifStructure gif = read_gif_structure(reader);
  ImageHeader header;
  header.width = gif.width;
  header.height = gif.height;
  header.frames = std::max<std::uint32_t>(1, gif.frames);
  const bool covers_canvas = gif.frame_left == 0 && gif.frame_top == 0 &&
                             gif.frame_width >= gif.width && gif.frame_height >= gif.height;
  header.has_alpha = gif.is_transparent || !covers_canvas;
  return header;
}

}  // namespace imagegallery
