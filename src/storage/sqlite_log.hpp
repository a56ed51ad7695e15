// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/error.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "storage/sqlite_connection.hpp"

namespace imagegallery::sqlite {

/// The write-ahead log of a database that this process writes: copies it back into the database,
/// keeps it short, keeps blocks of the disk for it, and knows whether it can be trusted.
///
/// Checkpoints: SQLite up to 3.51.2 can corrupt a database when a checkpoint races a commit that
/// resets the log. So automatic checkpoints are off on every connection, and ours run PASSIVE on a
/// second connection while the writer holds the write lock: no commit, in any process, can reset
/// the log meanwhile. (The checkpoint that SQLite runs when the last connection of all processes
/// closes holds an exclusive lock, so it is safe and stays enabled.)
///
/// Length: a commit can reset the log only if nobody reads from it, which never happens while
/// readers overlap without a pause. From 8 times `checkpoint_bytes` on, the writer therefore holds
/// back its next commit: once all of the log is copied, new readers read the database alone, and
/// the old ones finish. A reader elsewhere that does not finish is reported, not waited for.
///
/// Full disk: blocks for the first MiB of the log stay allocated, so that small changes can be
/// committed when no block is free.
///
/// For the thread that leads the write queue, except for `problem` and `bytes`.
class WriteAheadLog {
 public:
  WriteAheadLog(Connection& writer, std::unique_ptr<Connection> checkpointer,
                std::uint64_t checkpoint_bytes);
  WriteAheadLog(const WriteAheadLog&) = delete;
  WriteAheadLog& operator=(const WriteAheadLog&) = delete;
  ~WriteAheadLog();

  /// Called before a transaction begins. Throws: `storage_failure` if an earlier sync failed and
  /// the disk still does.
  void prepare();

  /// Called in a transaction that has written nothing yet: waits, for a bounded time, until the log
  /// can be reset, if it is far too long.
  void await_reset();

  /// Called after a commit; `synced` if it is to be durable now. Throws: `storage_failure` if it
  /// cannot be confirmed: the log is in doubt since an earlier sync failed, or it is no longer the
  /// file in the directory.
  void confirm(bool synced);

  /// Called with what a commit threw.
  void commit_failed(const std::exception_ptr& error) noexcept;

  /// Called when a group of callers has finished: copies the log back if it is long enough.
  void checkpoint_if_due() noexcept;

  /// What goes wrong without any call failing: a checkpoint that failed, or a reader elsewhere that
  /// keeps the log from being reset. Any thread.
  [[nodiscard]] std::optional<Error> problem() const;

  /// Length of the log after the last commit. Any thread.
  [[nodiscard]] std::uint64_t bytes() const noexcept {
    return pages_.load(std::memory_order_relaxed) * frame_bytes_;
  }

 private:
  enum class Checkpoint { complete, partial, busy };

  /// How long to wait for readers of old snapshots and for another checkpoint.
  using Patience = std::chrono::milliseconds;

  Checkpoint checkpoint(Patience patience);
  Checkpoint try_checkpoint(Patience patience) noexcept;
  void keep_allocated() noexcept;
  void report_pinned() noexcept;
  void report(std::optional<Error> WriteAheadLog::*problem, std::optional<Error> what) noexcept;
  [[nodiscard]] std::uint64_t pages() const noexcept {
    return pages_.load(std::memory_order_relaxed);
  }
  static int record_length(void* self, sqlite3* handle, const char* name, int pages) noexcept;

  Connection& writer_;
  const std::unique_ptr<Connection> checkpointer_;
  const std::string path_;
  const std::uint64_t frame_bytes_;  // A page and its header in the log.
  const std::uint64_t allocated_bytes_;
  const std::uint64_t checkpoint_pages_;

  std::atomic<std::uint64_t> pages_{0};
  std::uint64_t pages_at_begin_ = 0;
  std::uint64_t next_checkpoint_;  // In pages of the log, as the next.
  std::uint64_t next_reset_;
  bool reset_awaited_ = false;
  bool may_be_unsynced_ = false;  // A sync failed: its data may never reach the disk.

  mutable std::mutex mutex_;
  std::optional<Error> failed_checkpoint_;  // Guarded by mutex_.
  std::optional<Error> pinned_;             // Guarded by mutex_.
};

}  // namespace imagegallery::sqlite
