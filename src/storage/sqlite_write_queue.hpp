// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "storage/sqlite_connection.hpp"

namespace imagegallery::sqlite {

/// When a transaction is synced to disk.
enum class Durability {
  /// With the next synced one. For data that nothing durable refers to yet.
  later,
  synced,
};

/// The only writer of a database in this process. Concurrent callers share a transaction and its
/// sync (group commit): the first in the queue leads and runs the jobs, the others wait. It has no
/// thread of its own.
///
/// Why one sync covers everything: in WAL mode a transaction is appended to the log, and a commit
/// under `synchronous=FULL` syncs the whole log file, including everything appended under NORMAL
/// before. Recovery reads the log up to its first bad frame, so a frame survives only with all
/// earlier ones.
///
/// Checkpoints: SQLite up to 3.51.2 can corrupt a database when a checkpoint races a commit that
/// resets the log. So automatic checkpoints are off on every connection, and ours run PASSIVE on a
/// second connection while the writer holds the write lock: no commit, in any process, can reset
/// the log meanwhile. (The checkpoint that SQLite runs when the last connection of all processes
/// closes holds an exclusive lock, so it is safe and stays enabled.)
///
/// Thread safety: `run` may be called from any number of threads.
class WriteQueue {
 public:
  using Work = std::function<void(Connection&)>;

  /// Checkpoints when the WAL exceeds `checkpoint_bytes`.
  WriteQueue(std::unique_ptr<Connection> writer, std::unique_ptr<Connection> checkpointer,
             std::uint64_t checkpoint_bytes);
  WriteQueue(const WriteQueue&) = delete;
  WriteQueue& operator=(const WriteQueue&) = delete;
  ~WriteQueue();

  /// Runs `work` in a transaction, perhaps on another caller's thread, and returns once committed.
  /// If `work` throws, only its own changes are rolled back; if the transaction fails, all work in
  /// it fails. Throws: what `work` throws, `busy`, `storage_failure`, `corrupt_data`.
  void run(Durability durability, const Work& work);

 private:
  struct Job;

  void lead(std::unique_lock<std::mutex>& lock);
  void take_group(std::unique_lock<std::mutex>& lock) noexcept;
  void run_group() noexcept;
  void run_transaction();
  void run_job(Job& job, bool alone);
  void set_durability(Durability durability);
  void checkpoint_if_due() noexcept;
  [[nodiscard]] bool checkpoint();
  static int record_log_length(void* self, sqlite3* handle, const char* name, int pages) noexcept;

  std::mutex mutex_;
  std::vector<Job*> queue_;           // Guarded by mutex_.
  bool led_ = false;                  // Guarded by mutex_.
  int unsynced_groups_ = 0;           // Guarded by mutex_: since the last synced one.
  std::size_t expected_callers_ = 0;  // Guarded by mutex_: callers about to enqueue a commit.
  std::condition_variable all_returned_;

  // Used by the leader only.
  std::vector<Job*> group_;
  std::unique_ptr<Connection> writer_;
  std::unique_ptr<Connection> checkpointer_;
  const std::uint64_t checkpoint_pages_;
  std::uint64_t log_pages_ = 0;
  std::uint64_t next_checkpoint_;  // In WAL pages.
  Durability durability_ = Durability::synced;
  bool log_may_be_unsynced_ = false;  // A sync failed: its data may never reach the disk.
};

}  // namespace imagegallery::sqlite
