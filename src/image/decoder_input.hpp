// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <span>

#include "image/decode_meter.hpp"

namespace imagegallery {

/// Feeds a decoder written in C. No exception may cross its frames, so exceptions of the source and
/// the meter are stored until the decoder has returned. Checks the CPU time with every block, since
/// a few bytes can keep a decoder busy for long within one call.
class DecoderInput {
 public:
  DecoderInput(const ByteSource& source, DecodeMeter& meter) noexcept
      : source_(source), meter_(meter) {}

  [[nodiscard]] const ByteSource& source() const noexcept { return source_; }

  /// The next block, valid until the next call; empty at the end and after a failure.
  [[nodiscard]] ByteView next_block() noexcept;

  /// Fills `into` as far as possible and returns the number of bytes.
  [[nodiscard]] std::size_t read(std::span<std::byte> into) noexcept;

  /// Skips bytes after the last block, at most the rest of the source.
  void skip(std::uint64_t count) noexcept { offset_ += count; }

  /// Whether the decoder asked for bytes past the end of the source.
  [[nodiscard]] bool ended() const noexcept { return ended_; }

  [[nodiscard]] bool failed() const noexcept { return failure_ != nullptr; }

  /// Rethrows the stored exception, if any.
  void throw_failure() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  const ByteSource& source_;
  DecodeMeter& meter_;
  std::uint64_t offset_ = 0;
  ByteView rest_;  // Of the last block, for `read`.
  bool ended_ = false;
  std::exception_ptr failure_;
  std::array<std::byte, 8192> buffer_;
};

}  // namespace imagegallery
