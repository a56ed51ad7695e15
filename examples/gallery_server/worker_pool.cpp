// SPDX-License-Identifier: Apache-2.0
#include "worker_pool.hpp"

#include <utility>

namespace gallery_server {

WorkerPool::WorkerPool(unsigned threads, std::size_t max_queued) : max_queued_(max_queued) {
  threads_.reserve(threads);
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool WorkerPool::try_post(Job job) {
  std::unique_lock lock{mutex_};
  if (queue_.size() >= max_queued_) return false;
  queue_.push_back(std::move(job));
  wake_one(lock);
  return true;
}

void WorkerPool::post(Job job) {
  std::unique_lock lock{mutex_};
  queue_.push_back(std::move(job));
  wake_one(lock);
}

void WorkerPool::wake_one(std::unique_lock<std::mutex>& lock) {
  const bool wakes = !waking_ && idle_ > 0 && !queue_.empty();
  waking_ = waking_ || wakes;
  lock.unlock();
  if (wakes) wake_.notify_one();
}

void WorkerPool::run() {
  for (;;) {
    Job job;
    {
      std::unique_lock lock{mutex_};
      while (!stopping_ && queue_.empty()) {
        ++idle_;
        wake_.wait(lock);
        --idle_;
        waking_ = false;
      }
      if (stopping_) return;
      job = std::move(queue_.front());
      queue_.pop_front();
      wake_one(lock);
    }
    job();
  }
}

}  // namespace gallery_server
