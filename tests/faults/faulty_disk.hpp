// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/storage/sqlite.hpp>

#include <array>
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

namespace imagegallery::faults {

/// Calls from SQLite to a disk. Locks and shared memory are system calls of the storage itself: see
/// `FaultyCalls`.
enum class DiskCall { open, read, write, sync, truncate, size };

/// How a call fails.
enum class DiskFault {
  io_error,
  full,         ///< Writes only.
  short_write,  ///< Writes only: writes the first half of the bytes.
  corrupt_fs,   ///< Reads only: EIO, which SQLite 3.40 calls a corrupt file system.
  wrong_byte,   ///< Reads only: reports success, but the byte in the middle is wrong.
};

/// A VFS for SQLite that counts calls and can make them fail. It wraps SQLite's own VFS; storages
/// that it opens use it instead. Syncs do not reach the real disk and waits return at once, so that
/// thousands of trials are cheap; a simulated power cut respects the syncs.
///
/// One at a time per process; its storages must be closed before it. Thread safety: as SQLite needs
/// it; configure it while no storage is in use.
class FaultyDisk {
 public:
  FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;
  ~FaultyDisk();

  /// The name of the VFS.
  [[nodiscard]] static const char* vfs() noexcept;

  /// As `open_sqlite`, with the files on this disk. Throws: as that; `std::logic_error` if SQLite
  /// did not call the disk, because a test of its faults would show nothing.
  [[nodiscard]] std::unique_ptr<StorageBackend> open(const std::filesystem::path& path,
                                                     const SqliteOptions& options = {}) const;

  /// Makes the `nth` call of that kind from now on fail and, if `sticky`, every later one.
  void arm(DiskCall call, DiskFault fault, std::uint64_t nth, bool sticky);

  /// Stops failing calls.
  void disarm();

  /// Whether a call has failed since `arm`.
  [[nodiscard]] bool triggered() const noexcept { return triggered_; }

  /// Number of calls of that kind, failed ones included.
  [[nodiscard]] std::uint64_t calls(DiskCall call) const noexcept {
    return calls_.at(static_cast<std::size_t>(call));
  }

  /// Number of WAL syncs.
  [[nodiscard]] std::uint64_t log_syncs() const noexcept { return log_syncs_; }

  /// Number of database file syncs.
  [[nodiscard]] std::uint64_t database_syncs() const noexcept { return database_syncs_; }

  /// Sets a function to call at the start of each WAL sync.
  void on_log_sync(std::function<void()> hook) { on_log_sync_ = std::move(hook); }

  /// Syncs report success but have no effect: for negative controls, which must lose data.
  void ignore_syncs(bool ignore) noexcept { ignore_syncs_ = ignore; }

  /// Data of a failed sync never reaches the disk unless it is written again, as on Linux, which
  /// marks such pages clean.
  void forget_after_failed_sync(bool forget) noexcept { forget_after_failed_sync_ = forget; }

  /// Starts tracking unsynced data, as a power cut requires. Call before opening a storage.
  void expect_power_cut() noexcept { expects_cut_ = true; }

  /// Writes to `into` what would be on the disk after a power cut now: the synced content of each
  /// file, with each 512-byte sector written since then randomly old or new.
  void cut_power(const std::filesystem::path& into, std::uint64_t seed);

  /// Cuts the power right before the `nth` write or sync from now on.
  void cut_power_at(std::uint64_t nth, const std::filesystem::path& into, std::uint64_t seed);
  [[nodiscard]] bool power_was_cut() const noexcept { return cut_done_; }

 private:
  friend struct DiskMethods;

  static constexpr std::uint64_t sector_bytes = 512;
  using Sector = std::vector<std::byte>;

  // Unsynced sectors of a file, with their old bytes.
  struct Unsynced {
    std::map<std::uint64_t, Sector> sectors;
    std::map<std::uint64_t, Sector> forgotten;  // Lost for certain.
    std::uint64_t synced_size = 0;
  };

  [[nodiscard]] bool fails(DiskCall call);
  void record_write(const char* path, sqlite3_file* file, std::uint64_t offset, std::uint64_t size);
  void record_sync(const char* path, bool failed);
  void count_towards_cut();
  void save_cut(const std::filesystem::path& into, std::uint64_t seed);

  std::mutex mutex_;  // Guards the members up to the atomics.
  DiskCall armed_call_ = DiskCall::open;
  std::uint64_t calls_left_ = 0;
  bool armed_ = false;
  bool sticky_ = false;
  std::map<std::string, Unsynced> unsynced_;
  std::uint64_t until_cut_ = 0;
  std::filesystem::path cut_into_;
  std::uint64_t cut_seed_ = 0;
  std::function<void()> on_log_sync_;

  std::array<std::atomic<std::uint64_t>, 6> calls_{};  // By DiskCall.
  std::atomic<DiskFault> fault_{DiskFault::io_error};
  std::atomic<bool> triggered_{false};
  std::atomic<bool> expects_cut_{false};
  std::atomic<bool> cut_done_{false};
  std::atomic<bool> ignore_syncs_{false};
  std::atomic<bool> forget_after_failed_sync_{false};
  std::atomic<std::uint64_t> log_syncs_{0};
  std::atomic<std::uint64_t> database_syncs_{0};
};

}  // namespace imagegallery::faults
