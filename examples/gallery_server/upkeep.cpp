// SPDX-License-Identifier: Apache-2.0
#include "upkeep.hpp"

#include <algorithm>
#include <utility>

namespace gallery_server {
namespace {

using imagegallery::ErrorReport;
using imagegallery::ErrorSource;

constexpr std::chrono::milliseconds max_pause{250};

}  // namespace

Upkeep::Upkeep(imagegallery::ImageGallery& gallery, ErrorLog& log,
               std::function<void(Duration)> pause, std::function<SteadyTime()> now)
    : gallery_(gallery),
      log_(log),
      errors_(gallery.error_sink()),
      pause_(pause ? std::move(pause) : [this](Duration duration) { wait(duration); }),
      now_(now ? std::move(now) : [] { return std::chrono::steady_clock::now(); }) {}

void Upkeep::run() noexcept try {
  const std::unique_lock lock{running_, std::try_to_lock};
  if (!lock || stopping_) return;
  log_.flush();
  check_if_due();
  if (now_() < next_sweep_) return;
  sweep();
  next_sweep_ = now_() + sweep_period;
} catch (...) {
  errors_(ErrorReport::of_current(ErrorSource::upkeep, "upkeep"));
}

void Upkeep::stop() noexcept {
  {
    const std::lock_guard lock{stop_mutex_};
    stopping_ = true;
  }
  stop_requested_.notify_all();
}

void Upkeep::sweep() {
  while (!stopping_) {
    const auto begin = now_();
    if (!sweep_slice()) return;
    pause_(std::min<Duration>(now_() - begin, max_pause));
    check_if_due();
  }
}

/// Returns whether there is more. After a failure, the next period tries again.
bool Upkeep::sweep_slice() {
  try {
    return gallery_.sweep();
  } catch (...) {
    errors_(ErrorReport::of_current(ErrorSource::upkeep, "sweep"));
    return false;
  }
}

void Upkeep::check_if_due() {
  // A failed write between two checks counts, too: it makes the next check due at once.
  const bool failing = !gallery_.health().healthy;
  if (now_() < next_check_ && !(failing && was_healthy_)) return;
  const bool healthy = gallery_.check_health().healthy;
  if (healthy && (failing || !was_healthy_)) log_.note("The gallery stores changes again.");
  was_healthy_ = healthy;
  next_check_ = now_() + (healthy ? check_period : unhealthy_check_period);
}

void Upkeep::wait(Duration duration) {
  std::unique_lock lock{stop_mutex_};
  stop_requested_.wait_for(lock, duration, [&] { return stopping_.load(); });
}

}  // namespace gallery_server
