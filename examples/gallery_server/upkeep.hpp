// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "error_log.hpp"

#include <imagegallery/gallery.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>

namespace gallery_server {

/// The periodic maintenance of a gallery: sweeps it until nothing is left, and checks its health.
/// Starts no threads.
/// Thread safety: every method may be called from any number of threads at once.
class Upkeep {
 public:
  using Duration = std::chrono::steady_clock::duration;
  using SteadyTime = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::seconds call_period{1};  ///< How often `run` should be called.
  static constexpr std::chrono::seconds sweep_period{60};
  static constexpr std::chrono::seconds check_period{60};
  static constexpr std::chrono::seconds unhealthy_check_period{1};

  /// `pause` waits between two slices of a sweep; `now` is the clock. If empty: a wait that `stop`
  /// ends, and the steady clock. The gallery and the log must outlive this object.
  Upkeep(imagegallery::ImageGallery& gallery, ErrorLog& log,
         std::function<void(Duration)> pause = {}, std::function<SteadyTime()> now = {});
  Upkeep(const Upkeep&) = delete;
  Upkeep& operator=(const Upkeep&) = delete;

  /// Does what is due. Returns at once if another thread is in it. May block as long as there is
  /// something to sweep; waits between slices as long as each took, so that writers get in.
  void run() noexcept;

  /// Makes a running sweep end after its slice, and later calls of `run` do nothing.
  void stop() noexcept;

 private:
  void sweep();
  void check_if_due();
  void wait(Duration duration);
  bool sweep_slice();

  imagegallery::ImageGallery& gallery_;
  ErrorLog& log_;
  const imagegallery::ErrorSink errors_;
  const std::function<void(Duration)> pause_;
  const std::function<SteadyTime()> now_;
  std::mutex running_;  // Held during `run`; guards the times.
  SteadyTime next_sweep_{};
  SteadyTime next_check_{};
  bool was_healthy_ = true;
  std::mutex stop_mutex_;
  std::condition_variable stop_requested_;
  std::atomic<bool> stopping_{false};
};

}  // namespace gallery_server
