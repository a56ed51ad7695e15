// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/error.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace imagegallery::sqlite {

/// Bytes of the disk that a file is on.
struct DiskSpace {
  std::uint64_t free = 0;  ///< For users other than root.
  std::uint64_t total = 0;
};

/// nullopt if the system cannot tell.
[[nodiscard]] std::optional<DiskSpace> disk_space(const char* path) noexcept;

/// The part of a disk that a storage leaves free.
class DiskReserve {
 public:
  /// `bytes` as `SqliteOptions::reserve_bytes`; `path` is on the disk.
  DiskReserve(std::string path, std::optional<std::uint64_t> bytes) noexcept;

  /// What is free, less the reserve; negative if it is reached. nullopt if there is no reserve or
  /// the system cannot tell.
  [[nodiscard]] std::optional<std::int64_t> room() const noexcept;

  /// What a caller is told.
  [[nodiscard]] Error error() const;

 private:
  [[nodiscard]] std::uint64_t bytes_on(const DiskSpace& disk) const noexcept;

  const std::string path_;
  const std::optional<std::uint64_t> bytes_;
};

/// Whether hardly anything is free: space given up now may be lost to others before it is needed.
[[nodiscard]] bool is_nearly_full(const char* path) noexcept;

/// Reserves blocks of the disk for the first `bytes` of an open file, without changing its size.
/// Returns 0 or errno: ENOSPC if the disk is full, EOPNOTSUPP if the file system cannot do this, as
/// those that copy on write.
int allocate_blocks(int file, std::uint64_t bytes) noexcept;

/// The same for a closed file.
int allocate_blocks(const char* path, std::uint64_t bytes) noexcept;

}  // namespace imagegallery::sqlite
