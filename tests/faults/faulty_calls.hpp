// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace imagegallery::faults {

/// The system calls behind the storage's locks and the shared index of its log.
enum class SystemCall {
  lock,        ///< fcntl(2) that sets a lock of an open file description.
  query_lock,  ///< fcntl(2) that asks for one.
  open,
  map,       ///< mmap(2) of a file.
  grow,      ///< pwrite(2)
  truncate,  ///< ftruncate(2)
};

/// Makes system calls of this library fail with an error number. Linking the target `faulty_calls`
/// puts it between the program's own code, this library included, and the C library; SQLite, a
/// shared library, is not affected.
///
/// One at a time per process. Thread safety: any thread may make the calls.
class FaultyCalls {
 public:
  FaultyCalls();
  FaultyCalls(const FaultyCalls&) = delete;
  FaultyCalls& operator=(const FaultyCalls&) = delete;
  ~FaultyCalls();

  /// Makes the `nth` call of that kind from now on fail with `error` and, if `sticky`, every later
  /// one.
  void arm(SystemCall call, int error, std::uint64_t nth, bool sticky);

  /// Stops failing calls.
  void disarm();

  /// Whether a call has failed since `arm`.
  [[nodiscard]] bool triggered() const noexcept { return triggered_; }

  /// Number of calls of that kind, failed ones included.
  [[nodiscard]] std::uint64_t calls(SystemCall call) const noexcept {
    return calls_.at(static_cast<std::size_t>(call));
  }

  /// Counts a call. Returns the error number that it must fail with; 0 for none.
  [[nodiscard]] int error_of(SystemCall call) noexcept;

 private:
  std::mutex mutex_;  // Guards the members up to the atomics.
  SystemCall armed_call_ = SystemCall::lock;
  int error_ = 0;
  std::uint64_t calls_left_ = 0;
  bool armed_ = false;
  bool sticky_ = false;

  std::atomic<bool> triggered_{false};
  std::array<std::atomic<std::uint64_t>, 6> calls_{};  // By SystemCall.
};

}  // namespace imagegallery::faults
