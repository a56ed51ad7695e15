// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "image/byte_reader.hpp"

namespace imagegallery {

/// The tags of one TIFF image file directory that describe the whole image.
struct TiffDirectory {
  std::uint64_t width = 0;
  std::uint64_t height = 0;
  std::uint32_t orientation = 1;   ///< 1 to 8; 1 for anything else.
  bool has_extra_samples = false;  ///< More samples than the colour space needs: usually alpha.
  std::uint64_t next = 0;          ///< Offset of the next directory; 0 after the last one.
};

/// Reads TIFF structures (TIFF 6.0 §2, BigTIFF): whole files, and EXIF blocks in other files.
class TiffReader {
 public:
  /// Reads the file header at the reader's position. Offsets are relative to it, and `length`
  /// bounds the structure. Throws: `broken_image` if the header is invalid.
  TiffReader(ByteReader& reader, std::uint64_t length);

  /// The offset of the first directory.
  [[nodiscard]] std::uint64_t first() const noexcept { return first_; }

  /// Throws: `broken_image` if the directory is truncated.
  [[nodiscard]] TiffDirectory read_directory(std::uint64_t offset);

  /// Reads only the offset of the directory after that one. Throws: as `read_directory`.
  [[nodiscard]] std::uint64_t read_next(std::uint64_t offset);

 private:
  [[nodiscard]] std::uint64_t number(unsigned bytes);
  [[nodiscard]] std::uint64_t read_count(std::uint64_t offset);
  [[nodiscard]] std::optional<std::uint64_t> read_value(std::uint16_t type);
  void go_to(std::uint64_t offset, std::uint64_t needed);

  ByteReader& reader_;
  const std::uint64_t base_;
  const std::uint64_t length_;
  bool big_endian_ = false;
  bool big_tiff_ = false;
  std::uint64_t first_ = 0;
};

}  // namespace imagegallery
