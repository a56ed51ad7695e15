// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace gallery_server {

/// Threads for blocking work. Jobs must not throw; they start in FIFO order.
/// Thread safety: every method but the destructor may be called from any number of threads at once.
class WorkerPool {
 public:
  using Job = std::function<void()>;

  WorkerPool(unsigned threads, std::size_t max_queued);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// Waits for running jobs and drops queued ones.
  ~WorkerPool();

  /// Queues the first job of a task. False if the queue is full.
  [[nodiscard]] bool try_post(Job job);

  /// Queues a further job of a running task; never refused.
  void post(Job job);

 private:
  void run();

  /// Unlocks, and wakes one worker if jobs are queued. One at a time: for jobs that arrive
  /// together, an already running worker is cheaper than waking one worker for each.
  void wake_one(std::unique_lock<std::mutex>& lock);

  const std::size_t max_queued_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> queue_;
  std::size_t idle_ = 0;
  bool waking_ = false;  ///< A worker was notified but is not running yet.
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace gallery_server
