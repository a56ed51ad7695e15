// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite_write_queue.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <utility>

namespace imagegallery::sqlite {
namespace {

constexpr std::size_t max_group = 64;

// Jobs without a sync run first: their callers then enqueue the commits that refer to them and
// share one sync. Bounded, so that they cannot starve a commit.
constexpr int max_unsynced_groups = 8;

// How long a sync waits for callers that have just stored content. Short compared to a sync.
constexpr std::chrono::microseconds max_gather_time{200};

}  // namespace

struct WriteQueue::Job {
  enum class State { waiting, leading, done };

  Job(Durability job_durability, const Work& job_work)
      : durability(job_durability), work(job_work) {}

  const Durability durability;
  const Work& work;
  State state = State::waiting;
  std::exception_ptr error;
  std::condition_variable wake;
};

WriteQueue::WriteQueue(std::unique_ptr<Connection> writer, std::unique_ptr<WriteAheadLog> log)
    : writer_(std::move(writer)), log_(std::move(log)) {
  group_.reserve(max_group);  // So that take_group cannot fail.
  writer_->set_pragma("synchronous", "FULL", "2");
}

WriteQueue::~WriteQueue() = default;

void WriteQueue::run(Durability durability, const Work& work) {
  Job job(durability, work);
  std::unique_lock lock(mutex_);
  queue_.push_back(&job);
  if (expected_callers_ > 0 && --expected_callers_ == 0) all_returned_.notify_one();
  if (led_) {
    job.wake.wait(lock, [&] { return job.state != Job::State::waiting; });
  } else {
    led_ = true;
    job.state = Job::State::leading;
  }
  if (job.state == Job::State::leading) lead(lock);
  if (job.error) std::rethrow_exception(job.error);
}

std::size_t WriteQueue::waiting() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

// Runs groups until the leader's own job is done, then makes the first waiter the leader.
void WriteQueue::lead(std::unique_lock<std::mutex>& lock) {
  Job& self = **std::find_if(queue_.begin(), queue_.end(),
                             [](const Job* job) { return job->state == Job::State::leading; });
  while (self.state == Job::State::leading) {
    take_group(lock);
    lock.unlock();
    run_group();
    lock.lock();
    for (auto* const job : group_) {
      job->state = Job::State::done;
      if (job != &self) job->wake.notify_one();
    }
    if (group_.front()->durability == Durability::later) expected_callers_ = group_.size();
  }
  lock.unlock();
  log_->checkpoint_if_due();
  lock.lock();
  if (queue_.empty()) {
    led_ = false;
  } else {
    queue_.front()->state = Job::State::leading;
    queue_.front()->wake.notify_one();
  }
}

void WriteQueue::take_group(std::unique_lock<std::mutex>& lock) noexcept {
  const auto waiting = [&](Durability durability) {
    return std::any_of(queue_.begin(), queue_.end(),
                       [&](const Job* job) { return job->durability == durability; });
  };
  const auto unsynced_is_next = [&] {
    return waiting(Durability::later) &&
           (!waiting(Durability::synced) || unsynced_groups_ < max_unsynced_groups);
  };
  if (!unsynced_is_next()) {
    all_returned_.wait_for(lock, max_gather_time, [&] { return expected_callers_ == 0; });
    expected_callers_ = 0;
  }
  const bool unsynced = unsynced_is_next();
  unsynced_groups_ = unsynced ? unsynced_groups_ + 1 : 0;
  const auto durability = unsynced ? Durability::later : Durability::synced;
  group_.clear();
  std::erase_if(queue_, [&](Job* job) {
    if (job->durability != durability || group_.size() == max_group) return false;
    group_.push_back(job);
    return true;
  });
}

void WriteQueue::run_group() noexcept {
  try {
    run_transaction();
  } catch (...) {
    // The transaction was rolled back, so every job in it failed.
    for (auto* const job : group_) job->error = std::current_exception();
  }
}

void WriteQueue::run_transaction() {
  log_->prepare();
  set_durability(group_.front()->durability);
  {
    Transaction transaction(*writer_);
    log_->await_reset();
    for (auto* const job : group_) run_job(*job, group_.size() == 1);
    try {
      transaction.commit();
    } catch (...) {
      log_->commit_failed(std::current_exception());
      throw;
    }
  }
  log_->confirm(durability_ == Durability::synced);
}

void WriteQueue::run_job(Job& job, bool alone) {
  if (alone) return job.work(*writer_);
  writer_->prepare("SAVEPOINT job").run();
  try {
    job.work(*writer_);
  } catch (...) {
    // A full disk or an I/O error makes SQLite roll back the whole transaction.
    if (!writer_->in_transaction()) throw;
    job.error = std::current_exception();
    writer_->prepare("ROLLBACK TO job").run();
  }
  writer_->prepare("RELEASE job").run();
}

void WriteQueue::set_durability(Durability durability) {
  if (durability == durability_) return;
  if (durability == Durability::synced) {
    writer_->set_pragma("synchronous", "FULL", "2");
  } else {
    writer_->set_pragma("synchronous", "NORMAL", "1");
  }
  durability_ = durability;
}

}  // namespace imagegallery::sqlite
