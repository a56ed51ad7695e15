// SPDX-License-Identifier: Apache-2.0
#include "storage/page_cache.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <string>

namespace imagegallery::sqlite {
namespace {

void forget(const std::string& path) noexcept {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  (void)::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
  ::close(file);
}

}  // namespace

void forget_cached_pages(const std::filesystem::path& database) noexcept {
  try {
    forget(database.string());
    forget(database.string() + "-wal");
  } catch (...) {
    // Without memory for the names the caches stay.
  }
}

}  // namespace imagegallery::sqlite
