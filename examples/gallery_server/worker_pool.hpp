// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "turn_queue.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace gallery_server {

/// Threads for blocking work, with a bounded queue in which tenants take turns. Jobs must not
/// throw; those of one tenant start in FIFO order.
/// Thread safety: every method but the destructor may be called from any number of threads at once.
class WorkerPool {
 public:
  using Job = TurnQueue::Job;

  /// A queued job, for `cancel`; 0 is none.
  using Ticket = std::uint64_t;

  /// `niceness` is added to that of the process, 0 to 19: the threads get less of busy processors.
  WorkerPool(unsigned threads, std::size_t max_queued, int niceness = 0);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// Waits for running jobs and drops queued ones.
  ~WorkerPool();

  /// Queues the first job of a task. Returns 0 if the queue is full, unless another tenant has at
  /// least two more jobs queued: then its newest one is removed and its `refuse` called, on this
  /// thread. A null `refuse`: the job keeps its place.
  [[nodiscard]] Ticket try_post(const std::string& tenant, Job job, Job refuse = nullptr);

  /// Removes a job that has not started. False if it has.
  [[nodiscard]] bool cancel(const std::string& tenant, Ticket ticket);

  /// Queues a further job of a running task; never refused.
  void post(const std::string& tenant, Job job);

 private:
  void run();

  /// Unlocks, and wakes one worker if jobs are queued. One at a time: for jobs that arrive
  /// together, an already running worker is cheaper than waking one worker for each.
  void wake_one(std::unique_lock<std::mutex>& lock);

  const std::size_t max_queued_;
  const int niceness_;
  std::mutex mutex_;
  std::condition_variable wake_;
  TurnQueue queue_;
  std::size_t idle_ = 0;
  bool waking_ = false;  ///< A worker was notified but is not running yet.
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace gallery_server
