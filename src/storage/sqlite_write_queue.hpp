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

/// Whether a transaction has reached the disk when it is done.
enum class Durability {
  /// With the next synced one. For what nothing durable refers to yet.
  later,
  synced,
};

/// The one writer of a database in this process. Callers that come at the same time share a
/// transaction, and with it its sync: the first one in the queue leads, the others wait. There is
/// no thread behind it.
///
/// Why one sync covers everything: in WAL mode a transaction is appended to the log, and a commit
/// under `synchronous=FULL` syncs the log file whole, with all that was appended under NORMAL
/// before. Recovery takes the log up to its first bad frame, so a frame that survives has all
/// earlier ones with it.
///
/// Checkpoints: SQLite up to 3.51.2 can corrupt a database when a checkpoint races a commit that
/// resets the log. So automatic ones are off on every connection, and ours run PASSIVE on a second
/// connection while the writer holds the write lock: no commit, in any process, can reset the log
/// meanwhile. (The one that SQLite runs when the last connection of all processes closes has the
/// file locked for itself, and stays.)
///
/// Thread safety: `run` may be called from any number of threads.
class WriteQueue {
 public:
  using Work = std::function<void(Connection&)>;

  /// The log is copied back when it grew longer than `checkpoint_bytes`.
  WriteQueue(std::unique_ptr<Connection> writer, std::unique_ptr<Connection> checkpointer,
             std::uint64_t checkpoint_bytes);
  WriteQueue(const WriteQueue&) = delete;
  WriteQueue& operator=(const WriteQueue&) = delete;
  ~WriteQueue();

  /// Runs `work` in a transaction, perhaps on another caller's thread, and returns when it is
  /// committed. What `work` throws undoes its own changes only; what fails the transaction fails
  /// all work in it. Throws: what `work` throws, `busy`, `storage_failure`, `corrupt_data`.
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
  static int note_log_length(void* self, sqlite3* handle, const char* name, int pages) noexcept;

  std::mutex mutex_;
  std::vector<Job*> queue_;   // Guarded by mutex_.
  bool led_ = false;          // Guarded by mutex_.
  int unsynced_groups_ = 0;   // Guarded by mutex_: since the last synced one.
  std::size_t expected_ = 0;  // Guarded by mutex_: callers that will soon be back.
  std::condition_variable all_are_back_;

  // The leader's alone.
  std::vector<Job*> group_;
  std::unique_ptr<Connection> writer_;
  std::unique_ptr<Connection> checkpointer_;
  const std::uint64_t checkpoint_pages_;
  std::uint64_t log_pages_ = 0;
  std::uint64_t next_checkpoint_;  // In pages of the log.
  Durability durability_ = Durability::synced;
  bool log_in_doubt_ = false;  // A sync failed: what it was to sync may never reach the disk.
};

}  // namespace imagegallery::sqlite
