// SPDX-License-Identifier: Apache-2.0
#include "image/png_chunks.hpp"

namespace imagegallery {

PngChunks::PngChunks(ByteReader& reader) : reader_(reader) {
  reader_.skip(8);
  next_ = reader_.position();
}

bool PngChunks::next(PngChunk& chunk) {
  if (ended_) return false;
  reader_.seek(next_);
  chunk.length = reader_.big_endian<std::uint32_t>();
  chunk.type = reader_.big_endian<std::uint32_t>();
  chunk.data = reader_.position();
  if (chunk.length > 0x7FFF'FFFF) reader_.fail("a chunk is longer than 2^31-1 bytes");
  reader_.skip(std::uint64_t{chunk.length} + 4);
  next_ = reader_.position();
  ended_ = chunk.type == fourcc("IEND");
  return true;
}

}  // namespace imagegallery
