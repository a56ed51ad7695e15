// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/storage_backend.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>

namespace imagegallery {

/// How a SQLite file is used. The defaults are safe and fast; see docs/design.md for the figures.
struct SqliteOptions {
  std::chrono::milliseconds busy_timeout{
      10'000};                    ///< Wait for another process's lock; then `busy`.
  std::uint32_t max_readers = 8;  ///< Reading connections; 1 to 64. Further readers wait.
  std::uint64_t checkpoint_bytes =
      4u << 20;        ///< The write-ahead log is copied back when it is longer.
  bool create = true;  ///< Make the file where there is none.
  /// Never write; changes throw `storage_failure`. In a directory that this process cannot write,
  /// the file is taken as it is: nobody may write to it meanwhile.
  bool read_only = false;
};

/// A storage in one SQLite file in WAL mode (with the files "-wal" and "-shm" beside it while
/// open). Any number of processes on one machine may open the same file; network file systems are
/// not supported. What is acknowledged survives a power cut (`synchronous=FULL`).
///
/// Creates the schema in an empty file and migrates an older one, in one transaction.
/// Throws: `storage_failure` where the file cannot be opened, is no gallery, or was written by a
/// newer version (the message says which); `corrupt_data` where it is damaged;
/// `invalid_argument` naming an option out of range.
[[nodiscard]] IMAGEGALLERY_EXPORT std::unique_ptr<StorageBackend> open_sqlite(
    const std::filesystem::path& path, const SqliteOptions& options = {});

}  // namespace imagegallery
