// SPDX-License-Identifier: Apache-2.0
#include "storage/open_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace imagegallery::sqlite {

FileIdentity FileIdentity::of(const char* path) noexcept {
  struct ::stat found {};
  if (::stat(path, &found) != 0) return {};
  return {found.st_dev, found.st_ino};
}

FileIdentity FileIdentity::of(int file) noexcept {
  struct ::stat found {};
  if (::fstat(file, &found) != 0) return {};
  return {found.st_dev, found.st_ino};
}

int open_file(const char* path, int flags, ::mode_t mode) noexcept {
  int file = -1;
  do {
    file = ::open(path, flags | O_CLOEXEC, mode);
  } while (file < 0 && errno == EINTR);
  if (file < 0) return -1;
  if (file <= STDERR_FILENO) {
    const int higher = ::fcntl(file, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    const int error = errno;
    ::close(file);
    errno = error;
    if (higher < 0) return -1;
    file = higher;
  }
  struct ::stat made {};
  // The process's umask must not shut out those who may use the database.
  if ((flags & O_CREAT) != 0 && ::fstat(file, &made) == 0 && made.st_size == 0 &&
      (made.st_mode & 0777) != mode) {
    (void)!::fchmod(file, mode);
  }
  return file;
}

}  // namespace imagegallery::sqlite
