// SPDX-License-Identifier: Apache-2.0
#include "storage/disk_space.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

#include "storage/open_file.hpp"

namespace imagegallery::sqlite {

std::optional<DiskSpace> disk_space(const char* path) noexcept {
  struct ::statvfs disk {};
  if (::statvfs(path, &disk) != 0) return std::nullopt;
  return DiskSpace{std::uint64_t{disk.f_bavail} * disk.f_frsize,
                   std::uint64_t{disk.f_blocks} * disk.f_frsize};
}

DiskReserve::DiskReserve(std::string path, std::optional<std::uint64_t> bytes) noexcept
    : path_(std::move(path)), bytes_(bytes) {}

std::uint64_t DiskReserve::bytes_on(const DiskSpace& disk) const noexcept {
  constexpr std::uint64_t max_default = 128u << 20;
  return bytes_.value_or(std::min(max_default, disk.total / 100));
}

std::optional<std::int64_t> DiskReserve::room() const noexcept {
  const auto disk = disk_space(path_.c_str());
  if (!disk) return std::nullopt;
  return static_cast<std::int64_t>(disk->free) - static_cast<std::int64_t>(bytes_on(*disk));
}

Error DiskReserve::error() const {
  const auto disk = disk_space(path_.c_str()).value_or(DiskSpace{});
  return {ErrorCode::storage_full, path_ + ": the disk has " + std::to_string(disk.free) +
                                       " bytes free, and " + std::to_string(bytes_on(disk)) +
                                       " are kept in reserve (SqliteOptions::reserve_bytes)"};
}

bool is_nearly_full(const char* path) noexcept {
  constexpr std::uint64_t hardly_anything = 16u << 20;
  const auto disk = disk_space(path);
  return disk && disk->free < hardly_anything;
}

int allocate_blocks(int file, std::uint64_t bytes) noexcept {
  constexpr std::uint64_t block_bytes = 512;  // Of st_blocks, whatever the file system's are.
  struct ::stat now {};
  if (::fstat(file, &now) == 0 &&
      static_cast<std::uint64_t>(now.st_blocks) * block_bytes >= bytes) {
    return 0;
  }
  // Not posix_fallocate: it writes into the file if the file system cannot do this.
  while (::fallocate(file, FALLOC_FL_KEEP_SIZE, 0, static_cast<::off_t>(bytes)) != 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

int allocate_blocks(const char* path, std::uint64_t bytes) noexcept {
  const int file = open_file(path, O_WRONLY | O_NOFOLLOW, 0);
  if (file < 0) return errno;
  const int error = allocate_blocks(file, bytes);
  ::close(file);
  return error;
}

}  // namespace imagegallery::sqlite
