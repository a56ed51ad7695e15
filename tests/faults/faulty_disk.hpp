// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

struct sqlite3_file;
struct sqlite3_vfs;

namespace imagegallery::faults {

/// What SQLite asks of a disk.
enum class DiskCall { open, read, write, sync, truncate, size, lock, shared_memory };

/// How a call goes wrong.
enum class DiskFault {
  io_error,
  full,         ///< Of writes.
  short_write,  ///< Of writes: the first half of the bytes arrive.
};

/// A disk for SQLite on which everything can be counted and made to fail: a VFS in front of the
/// real one, SQLite's default while the object lives. Syncs do not reach the real disk, so that
/// thousands of trials are cheap; what they promise is kept for the power cut.
///
/// One at a time in a process. Thread safety: as SQLite needs it; `arm` and the like while no
/// storage is in use.
class FaultyDisk {
 public:
  FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;
  ~FaultyDisk();

  /// From now on the `nth` call of that kind fails, and if `sticky` every one after it.
  void arm(DiskCall call, DiskFault fault, std::uint64_t nth, bool sticky);

  /// Nothing fails any more.
  void disarm();

  /// Whether a call has failed since `arm`.
  [[nodiscard]] bool struck() const noexcept { return struck_; }

  /// Syncs of write-ahead logs so far.
  [[nodiscard]] std::uint64_t log_syncs() const noexcept { return log_syncs_; }

  /// Syncs of database files so far.
  [[nodiscard]] std::uint64_t database_syncs() const noexcept { return database_syncs_; }

  /// Called at the start of each sync of a log.
  void on_log_sync(std::function<void()> hook) { on_log_sync_ = std::move(hook); }

  /// Syncs are promised, but not done: for controls, which must lose.
  void ignore_syncs(bool ignore) noexcept { ignore_syncs_ = ignore; }

  /// From now on, what a failed sync was to bring to the disk never gets there unless it is written
  /// again, as with Linux, which takes such pages for clean.
  void forget_after_failed_sync(bool forget) noexcept { forget_after_failed_sync_ = forget; }

  /// From now on remembers what is not synced, as a power cut needs. Before anything is opened.
  void expect_power_cut() noexcept { expects_cut_ = true; }

  /// Leaves in `into` what is on the disk when the power goes now: of each file what was synced,
  /// and of each 512-byte sector written since then either the old bytes or the new, at random.
  void cut_power(const std::filesystem::path& into, std::uint64_t seed);

  /// Cuts the power at the `nth` write or sync from now on, before it is done.
  void cut_power_at(std::uint64_t nth, const std::filesystem::path& into, std::uint64_t seed);
  [[nodiscard]] bool power_was_cut() const noexcept { return cut_done_; }

 private:
  friend struct DiskMethods;

  static constexpr std::uint64_t sector_bytes = 512;
  using Sector = std::vector<std::byte>;

  // What a file holds that may not survive: for each sector the bytes that would come back.
  struct Unsynced {
    std::map<std::uint64_t, Sector> sectors;
    std::map<std::uint64_t, Sector> forgotten;  // These come back for certain.
    std::uint64_t synced_size = 0;
  };

  [[nodiscard]] bool fails(DiskCall call);
  void note_write(const char* path, sqlite3_file* file, std::uint64_t offset, std::uint64_t size);
  void note_sync(const char* path, bool failed);
  void count_towards_cut();
  void save_cut(const std::filesystem::path& into, std::uint64_t seed);

  std::unique_ptr<sqlite3_vfs> vfs_;
  sqlite3_vfs* real_ = nullptr;

  std::mutex mutex_;  // Guards what follows, up to the atomics.
  DiskCall armed_call_ = DiskCall::open;
  std::uint64_t calls_left_ = 0;
  bool armed_ = false;
  bool sticky_ = false;
  std::map<std::string, Unsynced> unsynced_;
  std::uint64_t until_cut_ = 0;
  std::filesystem::path cut_into_;
  std::uint64_t cut_seed_ = 0;
  std::function<void()> on_log_sync_;

  std::atomic<DiskFault> fault_{DiskFault::io_error};
  std::atomic<bool> struck_{false};
  std::atomic<bool> expects_cut_{false};
  std::atomic<bool> cut_done_{false};
  std::atomic<bool> ignore_syncs_{false};
  std::atomic<bool> forget_after_failed_sync_{false};
  std::atomic<std::uint64_t> log_syncs_{0};
  std::atomic<std::uint64_t> database_syncs_{0};
};

}  // namespace imagegallery::faults
