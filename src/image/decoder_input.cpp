// SPDX-License-Identifier: Apache-2.0
#include "image/decoder_input.hpp"

#include <algorithm>
#include <cstring>

namespace imagegallery {

ByteView DecoderInput::next_block() noexcept {
  if (failure_) return {};
  try {
    meter_.check_cpu_time();
    const std::size_t count = source_.read_at(offset_, buffer_);
    offset_ += count;
    ended_ = ended_ || count == 0;
    return ByteView(buffer_).first(count);
  } catch (...) {
    failure_ = std::current_exception();
    return {};
  }
}

std::size_t DecoderInput::read(std::span<std::byte> into) noexcept {
  std::size_t done = 0;
  while (done < into.size()) {
    if (rest_.empty()) rest_ = next_block();
    if (rest_.empty()) break;
    const std::size_t count = std::min(into.size() - done, rest_.size());
    std::memcpy(into.data() + done, rest_.data(), count);
    rest_ = rest_.subspan(count);
    done += count;
  }
  return done;
}

}  // namespace imagegallery
