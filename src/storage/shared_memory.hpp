// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "storage/open_file.hpp"

namespace imagegallery::sqlite {

/// The index of the log of one connection: the file "-shm" beside the database, mapped, and its
/// locks, which belong to the connection. Compatible with SQLite's own (walformat.html §2).
///
/// Returns SQLite's result codes; `last_errno` has the system's. Not thread safe: SQLite serialises
/// the calls of a connection.
class SharedMemory {
 public:
  /// `path` is of the database; its -shm gets the permissions and the owner of `database`, a
  /// descriptor of it. If `read_only`, it must exist and is never written.
  SharedMemory(const char* path, int database, bool read_only = false);
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  ~SharedMemory();

  /// As `sqlite3_io_methods::xShmMap`; opens the file first.
  int map(int region, int region_bytes, bool extend, void volatile** mapped) noexcept;

  /// As `sqlite3_io_methods::xShmLock`.
  int lock(int first, int count, int flags) noexcept;

  /// As `sqlite3_io_methods::xShmUnmap`; can be mapped again.
  void unmap(bool remove_file) noexcept;

  /// Whether the path still names the file, or none was opened.
  [[nodiscard]] bool is_in_place() const noexcept {
    return file_ < 0 || identity_.is_at(path_.c_str());
  }

  /// Whether another owner has a read lock on the log; the lock on the database itself (read mark
  /// 0) does not count.
  [[nodiscard]] bool is_pinned() const noexcept;

  /// In a child after fork(): lets go of the description that it shares with its parent, and of the
  /// mapping, without releasing the parent's locks. Async-signal-safe.
  void abandon() noexcept;

  [[nodiscard]] int last_errno() const noexcept { return last_errno_; }

 private:
  int open() noexcept;
  void close() noexcept;
  int attach() noexcept;
  int grow(std::int64_t bytes, bool extend, bool& present) noexcept;
  int fail(int code) noexcept;

  const std::string path_;
  const int database_;
  const bool must_not_write_;
  int file_ = -1;
  FileIdentity identity_;
  bool read_only_ = false;
  bool attached_ = false;        // Holds the lock that says that somebody uses the file.
  std::uint32_t shared_ = 0;     // Bits of the locks held.
  std::uint32_t exclusive_ = 0;  // As shared_.
  std::size_t mapping_bytes_ = 0;
  std::size_t region_bytes_ = 0;
  std::vector<void*> mappings_;  // Each of mapping_bytes_.
  int last_errno_ = 0;
};

}  // namespace imagegallery::sqlite
