// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <string>

namespace imagegallery {

/// Limits the number of concurrent decodes and the memory that they hold together. Waiting is
/// limited, too. Tenants take turns: a tenant with many waiting decodes delays another tenant's
/// first one by at most the running decodes. The decode whose turn it is waits until its memory is
/// free; smaller ones do not overtake it.
///
/// Thread safety: slots may be acquired and released by any number of threads at once.
class DecodeSlots {
 public:
  struct Options {
    unsigned slots = 1;
    std::uint64_t max_memory_bytes = 0;  ///< Of all slots together.
    std::chrono::milliseconds max_wait{0};
  };

  explicit DecodeSlots(const Options& options) : options_(options), free_(options.slots) {}
  DecodeSlots(const DecodeSlots&) = delete;
  DecodeSlots& operator=(const DecodeSlots&) = delete;

  /// Holds a slot and its memory until it is destroyed.
  class Slot {
   public:
    /// Throws: `limit_exceeded` if `memory_bytes` alone exceeds the limit of all slots, `busy` if
    /// no slot or not enough memory is released in time.
    Slot(DecodeSlots& slots, const std::string& tenant, std::uint64_t memory_bytes);
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    ~Slot();

   private:
    DecodeSlots& slots_;
    const std::uint64_t memory_bytes_;
  };

  /// The number of waiting decodes.
  [[nodiscard]] std::size_t waiting() const;

 private:
  struct Waiter {
    std::uint64_t turn = 0;
    std::uint64_t memory_bytes = 0;
    bool is_granted = false;
    std::condition_variable granted{};
  };

  /// Grants slots in turn, as long as they are free. Requires the lock.
  void grant() noexcept;

  /// The first waiter of the lowest turn; the end if none waits. Requires the lock.
  [[nodiscard]] std::list<Waiter>::iterator next() noexcept;

  const Options options_;
  mutable std::mutex mutex_;
  unsigned free_;
  std::uint64_t memory_bytes_ = 0;  // of all slots in use
  std::list<Waiter> waiters_;       // in the order of arrival
  std::uint64_t turn_ = 0;          // of the last grant
  // The turn after each tenant's last one; tenants without one after `turn_` are absent.
  std::map<std::string, std::uint64_t> next_turns_;
};

}  // namespace imagegallery
