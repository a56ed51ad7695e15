// SPDX-License-Identifier: Apache-2.0
#include "storage/file_lock.hpp"

#include <fcntl.h>

#include <cerrno>

namespace imagegallery::sqlite {
namespace {

struct flock range(short type, std::int64_t first, std::int64_t count) noexcept {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = first;
  lock.l_len = count;
  lock.l_pid = 0;  // The kernel refuses anything else for these locks.
  return lock;
}

int set(int file, struct flock lock) noexcept {
  while (::fcntl(file, F_OFD_SETLK, &lock) != 0) {
    if (errno != EINTR) return errno == EACCES ? EAGAIN : errno;
  }
  return 0;
}

}  // namespace

int lock_bytes(int file, LockKind kind, std::int64_t first, std::int64_t count) noexcept {
  return set(file, range(kind == LockKind::shared ? F_RDLCK : F_WRLCK, first, count));
}

int unlock_bytes(int file, std::int64_t first, std::int64_t count) noexcept {
  return set(file, range(F_UNLCK, first, count));
}

ForeignLock foreign_lock(int file, std::int64_t first, std::int64_t count) noexcept {
  auto lock = range(F_WRLCK, first, count);
  while (::fcntl(file, F_OFD_GETLK, &lock) != 0) {
    if (errno != EINTR) return {.error = errno};
  }
  return {.shared = lock.l_type == F_RDLCK, .exclusive = lock.l_type == F_WRLCK};
}

}  // namespace imagegallery::sqlite
