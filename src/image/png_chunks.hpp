// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "image/byte_reader.hpp"

namespace imagegallery {

/// One chunk of a PNG (PNG Third Edition §5.3).
struct PngChunk {
  std::uint32_t type = 0;    ///< As `fourcc` gives it.
  std::uint64_t data = 0;    ///< Offset of its data.
  std::uint32_t length = 0;  ///< Of its data.

  /// Lower-case first letter: a decoder may do without it.
  [[nodiscard]] bool is_ancillary() const noexcept { return (type & 0x2000'0000) != 0; }
};

/// Walks over the chunks of a PNG without reading their data.
class PngChunks {
 public:
  /// `reader` is at the signature.
  explicit PngChunks(ByteReader& reader);

  /// Gives the next chunk; false behind IEND. Afterwards the reader is anywhere.
  /// Throws: `broken_image` where the chunk, its checksum included, is not wholly there.
  [[nodiscard]] bool next(PngChunk& chunk);

  /// The offset behind the last chunk that `next` gave.
  [[nodiscard]] std::uint64_t end() const noexcept { return next_; }

 private:
  ByteReader& reader_;
  std::uint64_t next_ = 0;
  bool ended_ = false;
};

}  // namespace imagegallery
