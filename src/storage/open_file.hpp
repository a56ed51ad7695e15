// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

namespace imagegallery::sqlite {

/// Which file a path named; zeros if none.
struct FileIdentity {
  ::dev_t device = 0;
  ::ino_t inode = 0;

  /// What `path` names now.
  [[nodiscard]] static FileIdentity of(const char* path) noexcept;

  /// What a descriptor has open.
  [[nodiscard]] static FileIdentity of(int file) noexcept;

  /// Whether `path` names this file now.
  [[nodiscard]] bool is_at(const char* path) const noexcept {
    return inode != 0 && *this == of(path);
  }

  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

/// Opens a file with O_CLOEXEC, on a descriptor above those of the standard streams: a program that
/// closed these must not print into a database. A file that it creates gets exactly `mode`. Returns
/// the descriptor, or -1 with errno.
[[nodiscard]] int open_file(const char* path, int flags, ::mode_t mode) noexcept;

}  // namespace imagegallery::sqlite
