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

/// Threads for what blocks. Jobs must not throw; they run in the order of arrival.
/// Thread safety: every method but the destructor may be called from any number of threads at once.
class WorkerPool {
 public:
  using Job = std::function<void()>;

  WorkerPool(unsigned threads, std::size_t max_queued);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// Finishes the jobs that run, and drops those that wait.
  ~WorkerPool();

  /// Queues a job that begins something. False where too many wait already.
  [[nodiscard]] bool try_post(Job job);

  /// Queues a job that goes on with something begun; never refused.
  void post(Job job);

 private:
  void run();

  /// Wakes a worker where jobs wait, and unlocks. One at a time: a worker that is about to run, or
  /// just finishing, takes jobs that arrive together cheaper than as many that must first wake up.
  void wake_one(std::unique_lock<std::mutex>& lock);

  const std::size_t max_queued_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> queue_;
  std::size_t idle_ = 0;
  bool waking_ = false;  ///< One was woken and does not run yet.
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace gallery_server
