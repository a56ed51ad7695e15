// SPDX-License-Identifier: Apache-2.0
#include "gallery/decode_slots.hpp"

#include <imagegallery/error.hpp>

namespace imagegallery {

DecodeSlots::Slot::Slot(DecodeSlots& slots) : slots_(slots) {
  std::unique_lock lock(slots_.mutex_);
  if (!slots_.slot_freed_.wait_for(lock, slots_.max_wait_, [&] { return slots_.free_ > 0; })) {
    throw Error(ErrorCode::busy, "Too many images are being decoded; try again later");
  }
  --slots_.free_;
}

DecodeSlots::Slot::~Slot() {
  {
    const std::lock_guard lock(slots_.mutex_);
    ++slots_.free_;
  }
  slots_.slot_freed_.notify_one();
}

}  // namespace imagegallery
