// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite_log.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <new>
#include <thread>
#include <utility>

#include "storage/disk_space.hpp"
#include "storage/sqlite_vfs.hpp"

namespace imagegallery::sqlite {
namespace {

constexpr std::uint64_t frame_header_bytes = 24;
constexpr std::uint64_t max_allocated_bytes = 4u << 20;

// In multiples of checkpoint_bytes: from when on the writer waits for readers, and how long the log
// is when only a reader elsewhere can be the reason.
constexpr std::uint64_t too_long = 8;
constexpr std::uint64_t far_too_long = 16;

// Readers of this process take milliseconds; a longer wait would only hold up writers.
constexpr std::chrono::milliseconds max_reader_wait{250};

constexpr std::chrono::milliseconds no_patience{0};

// Readers hold no lock that could be waited for.
constexpr std::chrono::microseconds poll_interval{200};

// Whether an error of a commit or checkpoint may have been a failed sync. The kernel reports a
// failed write-back once and may then mark the pages clean: a later sync proves nothing about what
// is already in the log.
bool may_be_failed_sync(const std::exception_ptr& error) noexcept {
  try {
    std::rethrow_exception(error);
  } catch (const Error& failure) {
    return failure.code() != ErrorCode::busy && failure.code() != ErrorCode::storage_full &&
           failure.code() != ErrorCode::read_only;
  } catch (const std::bad_alloc&) {
    return false;
  } catch (...) {
    return true;
  }
}

}  // namespace

WriteAheadLog::WriteAheadLog(Connection& writer, std::unique_ptr<Connection> checkpointer,
                             std::uint64_t checkpoint_bytes)
    : writer_(writer),
      checkpointer_(std::move(checkpointer)),
      path_(writer.name() + "-wal"),
      frame_bytes_(std::stoull(writer.query_value("PRAGMA page_size")) + frame_header_bytes),
      allocated_bytes_(std::min(checkpoint_bytes, max_allocated_bytes)),
      checkpoint_pages_(std::max<std::uint64_t>(1, checkpoint_bytes / frame_bytes_)),
      next_checkpoint_(checkpoint_pages_),
      next_reset_(too_long * checkpoint_pages_) {
  sqlite3_wal_hook(writer_.handle(), &WriteAheadLog::record_length, this);
  // Truncates a large log after a reset.
  (void)writer_.query_value(
      ("PRAGMA journal_size_limit=" + std::to_string(allocated_bytes_)).c_str());
  // A checkpoint syncs the log before it copies, and the database after.
  checkpointer_->set_pragma("synchronous", "FULL", "2");
  keep_allocated();
}

WriteAheadLog::~WriteAheadLog() { sqlite3_wal_hook(writer_.handle(), nullptr, nullptr); }

int WriteAheadLog::record_length(void* self, sqlite3* /*handle*/, const char* /*name*/,
                                 int pages) noexcept {
  static_cast<WriteAheadLog*>(self)->pages_.store(static_cast<std::uint64_t>(pages),
                                                  std::memory_order_relaxed);
  return SQLITE_OK;
}

void WriteAheadLog::prepare() {
  pages_at_begin_ = pages();
  reset_awaited_ = false;
  if (may_be_unsynced_) {
    (void)checkpoint(no_patience);
  } else if (pages() >= next_reset_) {
    reset_awaited_ = try_checkpoint(max_reader_wait) == Checkpoint::complete;
    // From some length on a reader elsewhere must be the reason, and may stay for hours.
    const bool hopeless = pages() >= far_too_long * checkpoint_pages_;
    next_reset_ = pages() + (hopeless ? pages() / 2 : checkpoint_pages_);
  }
}

void WriteAheadLog::await_reset() {
  if (!reset_awaited_) return;
  const auto deadline = std::chrono::steady_clock::now() + max_reader_wait;
  while (log_is_pinned(writer_.handle()) && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(poll_interval);
  }
}

void WriteAheadLog::confirm(bool synced) {
  if (!files_are_in_place(writer_.handle())) {
    throw Error(ErrorCode::storage_failure,
                writer_.name() +
                    ": the database or its log was moved, replaced or deleted while it was open;"
                    " the change may be lost");
  }
  if (pages() < pages_at_begin_) {
    may_be_unsynced_ = false;  // The log was reset: its old content is synced.
    next_reset_ = too_long * checkpoint_pages_;
    report(&WriteAheadLog::pinned_, std::nullopt);
    keep_allocated();
  } else if (pages() >= far_too_long * checkpoint_pages_) {
    report_pinned();
  }
  if (may_be_unsynced_ && synced && checkpoint(writer_.busy_timeout()) != Checkpoint::complete) {
    throw Error(ErrorCode::storage_failure,
                writer_.name() + ": an earlier sync failed; cannot confirm this commit");
  }
}

void WriteAheadLog::commit_failed(const std::exception_ptr& error) noexcept {
  if (may_be_failed_sync(error)) {
    may_be_unsynced_ = true;
  } else if (pages() > 0) {
    // The disk may be full, or memory short: a log that was copied back can be reset, and then has
    // its allocated blocks for the next change.
    next_checkpoint_ = std::min(next_checkpoint_, pages());
  }
}

void WriteAheadLog::checkpoint_if_due() noexcept {
  // The log was reset: the reader that blocked the last checkpoint has finished.
  if (pages() < checkpoint_pages_) next_checkpoint_ = std::min(next_checkpoint_, checkpoint_pages_);
  const auto half_allocated = std::max<std::uint64_t>(1, allocated_bytes_ / frame_bytes_ / 2);
  if (pages() < next_checkpoint_ &&
      (pages() < half_allocated || !is_nearly_full(writer_.name().c_str()))) {
    return;
  }
  (void)try_checkpoint(no_patience);
  // A reader of an old snapshot may prevent the reset. Retrying after each commit would sync the
  // database in vain.
  next_checkpoint_ = pages() + checkpoint_pages_;
}

WriteAheadLog::Checkpoint WriteAheadLog::try_checkpoint(Patience patience) noexcept {
  try {
    const auto result = checkpoint(patience);
    if (result == Checkpoint::complete) report(&WriteAheadLog::failed_checkpoint_, std::nullopt);
    keep_allocated();
    return result;
  } catch (const Error& error) {
    // Commits are unaffected and the log is merely too long.
    if (may_be_failed_sync(std::current_exception())) may_be_unsynced_ = true;
    if (error.code() == ErrorCode::busy) return Checkpoint::busy;
    report(&WriteAheadLog::failed_checkpoint_, error);
  } catch (...) {
    if (may_be_failed_sync(std::current_exception())) may_be_unsynced_ = true;
  }
  return Checkpoint::partial;
}

WriteAheadLog::Checkpoint WriteAheadLog::checkpoint(Patience patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  const Transaction write_lock(writer_);
  for (;;) {
    int in_log = 0;
    int copied = 0;
    const int code = sqlite3_wal_checkpoint_v2(checkpointer_->handle(), "main",
                                               SQLITE_CHECKPOINT_PASSIVE, &in_log, &copied);
    const bool busy = (code & 0xff) == SQLITE_BUSY;
    if (code != SQLITE_OK && !busy) checkpointer_->fail(code);
    if (!busy && in_log == copied) return Checkpoint::complete;
    if (std::chrono::steady_clock::now() >= deadline) {
      return busy ? Checkpoint::busy : Checkpoint::partial;
    }
    std::this_thread::sleep_for(poll_interval);
  }
}

void WriteAheadLog::keep_allocated() noexcept {
  (void)allocate_blocks(path_.c_str(), allocated_bytes_);
}

std::optional<Error> WriteAheadLog::problem() const {
  const std::lock_guard lock(mutex_);
  return failed_checkpoint_ ? failed_checkpoint_ : pinned_;
}

// Must not fail: the commit has happened.
void WriteAheadLog::report_pinned() noexcept {
  try {
    const std::lock_guard lock(mutex_);
    if (pinned_) return;
    pinned_ = Error(ErrorCode::busy,
                    writer_.name() + ": a reader or a checkpoint elsewhere keeps the log, now of " +
                        std::to_string(bytes()) + " bytes, from being reset");
  } catch (const std::bad_alloc&) {
    // The next commit tries again.
  }
}

void WriteAheadLog::report(std::optional<Error> WriteAheadLog::*problem,
                           std::optional<Error> what) noexcept {
  const std::lock_guard lock(mutex_);
  this->*problem = std::move(what);
}

}  // namespace imagegallery::sqlite
