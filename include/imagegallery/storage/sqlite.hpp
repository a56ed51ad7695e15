// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/storage_backend.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

namespace imagegallery {

/// The options of a SQLite storage. docs/design.md explains the defaults.
struct SqliteOptions {
  std::chrono::milliseconds busy_timeout{
      10'000};                    ///< How long to wait for another process's lock; then `busy`.
  std::uint32_t max_readers = 8;  ///< Read connections; 1 to 64. Further readers wait.
  std::uint64_t checkpoint_bytes =
      4u << 20;        ///< Checkpoint the write-ahead log when it is larger than this.
  bool create = true;  ///< Create the file if it does not exist.
  /// Never write; changes throw `read_only`. If this process cannot write to the directory,
  /// the file is opened as immutable: no other process may write to it while it is open.
  bool read_only = false;

  /// Bytes of the disk to leave free: with less, new images and new bytes are refused with
  /// `storage_full`, while everything else still works, so that images can be deleted. Space that
  /// deleted images left in the file counts as free. Empty: 128 MiB or 1 % of the disk, whichever
  /// is smaller; 0: none.
  std::optional<std::uint64_t> reserve_bytes{};
};

/// Opens a storage in one SQLite file in WAL mode, with the files "-wal" and "-shm" beside it while
/// it is open. Any number of processes on one machine may open the same file; network file systems
/// are not supported. Committed changes survive a power cut (`synchronous=FULL`).
///
/// The host, and any library in it, may open, read, copy and close the three files at any time. A
/// second SQLite in the process may read the database; for one that writes, open it with the VFS
/// "imagegallery-unix" (docs/reliability.md).
///
/// Creates the schema in an empty file and migrates an older one, in one transaction.
/// Throws: `storage_failure` if the file cannot be opened, is not a gallery, or was written by a
/// newer version (named in the message); `read_only` if it or a file beside it cannot be written;
/// `corrupt_data` if it is damaged; `invalid_argument` naming an option out of range.
[[nodiscard]] IMAGEGALLERY_EXPORT std::unique_ptr<StorageBackend> open_sqlite(
    const std::filesystem::path& path, const SqliteOptions& options = {});

}  // namespace imagegallery
