// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite3.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "storage/disk_space.hpp"
#include "storage/open_file.hpp"
#include "storage/shared_memory.hpp"

namespace imagegallery::sqlite {

/// Bytes that a VFS over `base` needs for a file object: ours, followed by the one of `base`.
[[nodiscard]] std::size_t file_object_bytes(const sqlite3_vfs* base) noexcept;

/// A main database file of `sqlite/register_vfs`: its bytes are read and written by the base VFS,
/// its locks and the index of its log are ours (see `register_vfs` for why). The locks are those of
/// SQLite's file format, on a descriptor of our own.
///
/// Lives in memory that SQLite allocates; SQLite calls one connection's methods one at a time.
class DatabaseFile {
 public:
  /// As `sqlite3_vfs::xOpen`, for SQLITE_OPEN_MAIN_DB.
  static int open(sqlite3_vfs* base, const char* path, sqlite3_file* place, int flags,
                  int* opened_as);

  /// The object behind a file that `open` opened; nullptr for any other file.
  [[nodiscard]] static DatabaseFile* of(sqlite3_file* file) noexcept;

  /// Registers, once in the process, what a forked child does to the open files of its parent.
  static void handle_forks();

  /// Whether `path` is the log or a journal of a database that only dead connections have open: a
  /// parent of this process uses it.
  [[nodiscard]] static bool is_beside_dead_one(std::string_view path) noexcept;

  /// Whether this file and its -shm are still the ones that their paths name.
  [[nodiscard]] bool is_in_place() const noexcept;
  [[nodiscard]] bool log_is_pinned() const noexcept { return memory_ && memory_->is_pinned(); }
  void drop_system_cache() const noexcept;
  int allocate(std::uint64_t bytes) const noexcept { return allocate_blocks(locks_, bytes); }

 private:
  friend struct DatabaseMethods;

  DatabaseFile(sqlite3_file* wrapped, const char* path, FileIdentity identity, int locks) noexcept;
  ~DatabaseFile();
  DatabaseFile(const DatabaseFile&) = delete;
  DatabaseFile& operator=(const DatabaseFile&) = delete;

  int lock(int level) noexcept;
  int unlock(int level) noexcept;
  int check_reserved(int* reserved) noexcept;
  int control(int operation, void* argument) noexcept;
  int map_memory(int region, int region_bytes, int extend, void volatile** mapped) noexcept;
  int lock_failed(int error, int code) noexcept;

  static void before_fork() noexcept;
  static void after_fork_in_parent() noexcept;
  static void after_fork_in_child() noexcept;

  const sqlite3_io_methods* methods_;  // First, as SQLite wants it.
  sqlite3_file* const wrapped_;
  const char* const path_;  // SQLite's, valid while the file is open.
  const FileIdentity identity_;
  int locks_;  // The descriptor whose description has the locks.
  int level_ = SQLITE_LOCK_NONE;
  int last_errno_ = 0;
  bool dead_ = false;  // Inherited by a forked child.
  std::unique_ptr<SharedMemory> memory_;
  DatabaseFile* next_ = nullptr;  // In the list of all open files.
  DatabaseFile* previous_ = nullptr;
};

/// The write-ahead log of a database, or its rollback journal: the base VFS's file, which file that
/// is, and in which process it was opened.
class LogFile {
 public:
  /// As `sqlite3_vfs::xOpen`, for SQLITE_OPEN_WAL and SQLITE_OPEN_MAIN_JOURNAL.
  static int open(sqlite3_vfs* base, const char* path, sqlite3_file* place, int flags,
                  int* opened_as);
  [[nodiscard]] static LogFile* of(sqlite3_file* file) noexcept;

  /// Makes a log that nobody has open one that holds nothing, but keeps its blocks on the disk.
  /// Returns whether it succeeded.
  [[nodiscard]] static bool empty(const char* path) noexcept;

  [[nodiscard]] bool is_in_place() const noexcept;
  void drop_system_cache() const noexcept;

 private:
  friend struct LogMethods;

  const sqlite3_io_methods* methods_ = nullptr;  // First, as SQLite wants it.
  sqlite3_file* wrapped_ = nullptr;
  const char* path_ = nullptr;  // SQLite's, valid while the file is open.
  FileIdentity identity_{};
  std::uint64_t generation_ = 0;
};

}  // namespace imagegallery::sqlite
