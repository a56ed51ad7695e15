// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite_write_queue.hpp"

#include <imagegallery/error.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <string>
#include <utility>

namespace imagegallery::sqlite {
namespace {

constexpr std::size_t max_group = 64;

// Jobs without a sync run first: their callers then enqueue the commits that refer to them and
// share one sync. Bounded, so that they cannot starve a commit.
constexpr int max_unsynced_groups = 8;

// How long a sync waits for callers that have just stored content. Short compared to a sync.
constexpr std::chrono::microseconds max_gather_time{200};

std::uint64_t pages_of(const std::string& page_size, std::uint64_t bytes) {
  constexpr std::uint64_t frame_header_bytes = 24;
  const auto frame = std::stoull(page_size) + frame_header_bytes;
  return std::max<std::uint64_t>(1, bytes / frame);
}

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

WriteQueue::WriteQueue(std::unique_ptr<Connection> writer, std::unique_ptr<Connection> checkpointer,
                       std::uint64_t checkpoint_bytes)
    : writer_(std::move(writer)),
      checkpointer_(std::move(checkpointer)),
      checkpoint_pages_(pages_of(writer_->query_value("PRAGMA page_size"), checkpoint_bytes)),
      next_checkpoint_(checkpoint_pages_) {
  group_.reserve(max_group);  // So that take_group cannot fail.
  sqlite3_wal_hook(writer_->handle(), &WriteQueue::record_log_length, this);
  // Truncates a large WAL after a reset.
  (void)writer_->query_value(
      ("PRAGMA journal_size_limit=" + std::to_string(checkpoint_bytes)).c_str());
  // A checkpoint syncs the WAL before it copies, and the database after.
  checkpointer_->set_pragma("synchronous", "FULL", "2");
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
  checkpoint_if_due();
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
  if (log_may_be_unsynced_) (void)checkpoint();
  set_durability(group_.front()->durability);
  const auto length_before = log_pages_;
  {
    Transaction transaction(*writer_);
    for (auto* const job : group_) run_job(*job, group_.size() == 1);
    try {
      transaction.commit();
    } catch (...) {
      // The kernel reports a failed write-back once and may then mark the pages clean: a later sync
      // proves nothing about what is already in the WAL.
      log_may_be_unsynced_ = true;
      throw;
    }
  }
  if (!log_may_be_unsynced_) return;
  if (log_pages_ < length_before) {
    log_may_be_unsynced_ = false;  // The WAL was reset: its old content is synced.
  } else if (durability_ == Durability::synced && !checkpoint()) {
    throw Error(ErrorCode::storage_failure,
                writer_->name() + ": an earlier sync failed; cannot confirm this commit");
  }
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

int WriteQueue::record_log_length(void* self, sqlite3* /*handle*/, const char* /*name*/,
                                  int pages) noexcept {
  static_cast<WriteQueue*>(self)->log_pages_ = static_cast<std::uint64_t>(pages);
  return SQLITE_OK;
}

void WriteQueue::checkpoint_if_due() noexcept {
  // The WAL was reset: the reader that blocked the last checkpoint has finished.
  if (log_pages_ < checkpoint_pages_) next_checkpoint_ = checkpoint_pages_;
  if (log_pages_ < next_checkpoint_) return;
  try {
    (void)checkpoint();
  } catch (...) {
    // Commits are unaffected and the WAL is merely too long. But a sync of the WAL may have failed.
    log_may_be_unsynced_ = true;
  }
  // A reader of an old snapshot may prevent the reset. Retrying after each commit would sync the
  // database in vain.
  next_checkpoint_ = log_pages_ + checkpoint_pages_;
}

bool WriteQueue::checkpoint() {
  const Transaction write_lock(*writer_);
  int in_log = 0;
  int copied = 0;
  const int code = sqlite3_wal_checkpoint_v2(checkpointer_->handle(), "main",
                                             SQLITE_CHECKPOINT_PASSIVE, &in_log, &copied);
  if (code != SQLITE_OK) checkpointer_->fail(code);
  return in_log == copied;
}

}  // namespace imagegallery::sqlite
