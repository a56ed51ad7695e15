// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace imagegallery {

/// A semaphore that limits the number of concurrent decodes. Waiting is limited, too.
///
/// Thread safety: slots may be acquired and released by any number of threads at once.
class DecodeSlots {
 public:
  DecodeSlots(unsigned slots, std::chrono::milliseconds max_wait)
      : free_(slots), max_wait_(max_wait) {}

  /// Holds a slot until it is destroyed.
  class Slot {
   public:
    /// Throws: `busy` if no slot is released in time.
    explicit Slot(DecodeSlots& slots);
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    ~Slot();

   private:
    DecodeSlots& slots_;
  };

 private:
  std::mutex mutex_;
  std::condition_variable slot_freed_;
  unsigned free_;
  const std::chrono::milliseconds max_wait_;
};

}  // namespace imagegallery
