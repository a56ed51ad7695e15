// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "storage/sqlite_connection.hpp"
#include "storage/sqlite_log.hpp"

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
/// Thread safety: `run` may be called from any number of threads.
class WriteQueue {
 public:
  using Work = std::function<void(Connection&)>;

  /// `log` is that of `writer`.
  WriteQueue(std::unique_ptr<Connection> writer, std::unique_ptr<WriteAheadLog> log);
  WriteQueue(const WriteQueue&) = delete;
  WriteQueue& operator=(const WriteQueue&) = delete;
  ~WriteQueue();

  /// Runs `work` in a transaction, perhaps on another caller's thread, and returns once committed.
  /// If `work` throws, only its own changes are rolled back; if the transaction fails, all work in
  /// it fails. Throws: what `work` throws, `busy`, `storage_failure`, `corrupt_data`.
  void run(Durability durability, const Work& work);

  /// Number of callers whose work has not begun. Any thread.
  [[nodiscard]] std::size_t waiting() const;

  [[nodiscard]] const WriteAheadLog& log() const noexcept { return *log_; }

 private:
  struct Job;

  void lead(std::unique_lock<std::mutex>& lock);
  void take_group(std::unique_lock<std::mutex>& lock) noexcept;
  void run_group() noexcept;
  void run_transaction();
  void run_job(Job& job, bool alone);
  void set_durability(Durability durability);

  mutable std::mutex mutex_;
  std::vector<Job*> queue_;           // Guarded by mutex_.
  bool led_ = false;                  // Guarded by mutex_.
  int unsynced_groups_ = 0;           // Guarded by mutex_: since the last synced one.
  std::size_t expected_callers_ = 0;  // Guarded by mutex_: callers about to enqueue a commit.
  std::condition_variable all_returned_;

  // Used by the leader only.
  std::vector<Job*> group_;
  std::unique_ptr<Connection> writer_;
  std::unique_ptr<WriteAheadLog> log_;
  Durability durability_ = Durability::synced;
};

}  // namespace imagegallery::sqlite
