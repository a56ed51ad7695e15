// SPDX-License-Identifier: Apache-2.0
#include "gallery/decode_slots.hpp"

#include <imagegallery/error.hpp>

#include <algorithm>

namespace imagegallery {

DecodeSlots::Slot::Slot(DecodeSlots& slots, const std::string& tenant, std::uint64_t memory_bytes)
    : slots_(slots), memory_bytes_(memory_bytes) {
  if (memory_bytes > slots_.options_.max_memory_bytes) {
    throw Error(ErrorCode::limit_exceeded,
                "Decoding needs too much memory, in bytes: " + std::to_string(memory_bytes) +
                    ", limit " + std::to_string(slots_.options_.max_memory_bytes) +
                    " (GalleryOptions::max_total_decode_memory)");
  }
  std::unique_lock lock(slots_.mutex_);
  const auto [next_turn, is_new] = slots_.next_turns_.try_emplace(tenant, slots_.turn_);
  const auto waiter = slots_.waiters_.emplace(slots_.waiters_.end());
  waiter->turn = std::max(next_turn->second, slots_.turn_);
  waiter->memory_bytes = memory_bytes;
  next_turn->second = waiter->turn + 1;
  slots_.grant();
  const bool is_granted =
      waiter->granted.wait_for(lock, slots_.options_.max_wait, [&] { return waiter->is_granted; });
  slots_.waiters_.erase(waiter);
  if (is_granted) return;
  // It may have been the one that the others waited for.
  slots_.grant();
  throw Error(ErrorCode::busy, "Too many images are being decoded; try again later", true);
}

DecodeSlots::Slot::~Slot() {
  const std::lock_guard lock(slots_.mutex_);
  ++slots_.free_;
  slots_.memory_bytes_ -= memory_bytes_;
  slots_.grant();
}

void DecodeSlots::grant() noexcept {
  while (free_ > 0) {
    const auto waiter = next();
    if (waiter == waiters_.end()) return;
    if (waiter->memory_bytes > options_.max_memory_bytes - memory_bytes_) return;
    --free_;
    memory_bytes_ += waiter->memory_bytes;
    turn_ = waiter->turn;
    waiter->is_granted = true;
    waiter->granted.notify_one();
    std::erase_if(next_turns_, [this](const auto& entry) { return entry.second <= turn_; });
  }
}

std::list<DecodeSlots::Waiter>::iterator DecodeSlots::next() noexcept {
  auto first = waiters_.end();
  for (auto i = waiters_.begin(); i != waiters_.end(); ++i) {
    if (!i->is_granted && (first == waiters_.end() || i->turn < first->turn)) first = i;
  }
  return first;
}

std::size_t DecodeSlots::waiting() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(std::count_if(
      waiters_.begin(), waiters_.end(), [](const Waiter& waiter) { return !waiter.is_granted; }));
}

}  // namespace imagegallery
