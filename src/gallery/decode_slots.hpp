// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace imagegallery {

/// Lets a bounded number of threads decode at once; others wait a bounded time.
///
/// Thread safety: slots may be taken and given back by any number of threads at once.
class DecodeSlots {
 public:
  DecodeSlots(unsigned slots, std::chrono::milliseconds max_wait)
      : free_(slots), max_wait_(max_wait) {}

  /// Holds a slot while it lives.
  class Slot {
   public:
    /// Throws: `busy` when none came free in time.
    explicit Slot(DecodeSlots& slots);
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    ~Slot();

   private:
    DecodeSlots& slots_;
  };

 private:
  std::mutex mutex_;
  std::condition_variable came_free_;
  unsigned free_;
  const std::chrono::milliseconds max_wait_;
};

}  // namespace imagegallery
