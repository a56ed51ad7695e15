// SPDX-License-Identifier: Apache-2.0
#include "worker_pool.hpp"

#include <sys/resource.h>

#include <optional>
#include <utility>

namespace gallery_server {

WorkerPool::WorkerPool(unsigned threads, std::size_t max_queued, int niceness)
    : max_queued_(max_queued), niceness_(niceness) {
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

WorkerPool::Ticket WorkerPool::try_post(const std::string& tenant, Job job, Job refuse) {
  std::optional<TurnQueue::Entry> displaced;
  std::unique_lock lock{mutex_};
  if (queue_.size() >= max_queued_) {
    displaced = queue_.displace_for(tenant);
    if (!displaced) return 0;
  }
  const Ticket ticket = queue_.push(tenant, std::move(job), std::move(refuse));
  wake_one(lock);
  if (displaced) {
    // Whatever the job holds is passed on by `refuse`, not released on this thread.
    displaced->run = nullptr;
    displaced->refuse();
  }
  return ticket;
}

bool WorkerPool::cancel(const std::string& tenant, Ticket ticket) {
  std::optional<TurnQueue::Entry> removed;  // Released without the lock.
  const std::lock_guard lock{mutex_};
  removed = queue_.remove(tenant, ticket);
  return removed.has_value();
}

void WorkerPool::post(const std::string& tenant, Job job) {
  std::unique_lock lock{mutex_};
  queue_.push(tenant, std::move(job), nullptr);
  wake_one(lock);
}

void WorkerPool::wake_one(std::unique_lock<std::mutex>& lock) {
  const bool wakes = !waking_ && idle_ > 0 && !queue_.empty();
  waking_ = waking_ || wakes;
  lock.unlock();
  if (wakes) wake_.notify_one();
}

void WorkerPool::run() {
  // On Linux, niceness belongs to the thread.
  if (niceness_ > 0) ::setpriority(PRIO_PROCESS, 0, ::getpriority(PRIO_PROCESS, 0) + niceness_);
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
      job = queue_.pop();
      wake_one(lock);
    }
    job();
  }
}

}  // namespace gallery_server
