// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "image/byte_reader.hpp"

namespace imagegallery {

/// One chunk of a PNG (PNG Third Edition §5.3).
struct PngChunk {
  std::uint32_t type = 0;    ///< As returned by `fourcc`.
  std::uint64_t data = 0;    ///< Offset of its data.
  std::uint32_t length = 0;  ///< Of its data.

  /// Lower-case first letter: decoders may ignore it.
  [[nodiscard]] bool is_ancillary() const noexcept { return (type & 0x2000'0000) != 0; }
};

/// Walks over the chunks of a PNG without reading their data.
class PngChunks {
 public:
  /// `reader` is at the signature.
  explicit PngChunks(ByteReader& reader);

  /// Reads the next chunk; false after IEND. The reader's position is unspecified afterwards.
  /// Throws: `broken_image` if the chunk, including its checksum, is truncated.
  [[nodiscard]] bool next(PngChunk& chunk);

  /// The offset after the last chunk returned by `next`.
  [[nodiscard]] std::uint64_t end() const noexcept { return next_; }

 private:
  ByteReader& reader_;
  std::uint64_t next_ = 0;
  bool ended_ = false;
};

}  // namespace imagegallery
