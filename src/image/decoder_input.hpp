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

/// Feeds a decoder written in C, through whose frames no exception may pass: what the source or the
/// meter throw is kept until the decoder has given up. The CPU time is looked at with every piece,
/// as a few bytes can make a decoder work for long within one call.
class DecoderInput {
 public:
  DecoderInput(const ByteSource& source, DecodeMeter& meter) noexcept
      : source_(source), meter_(meter) {}

  [[nodiscard]] const ByteSource& source() const noexcept { return source_; }

  /// The next piece, valid until the next call; empty at the end, and after a failure.
  [[nodiscard]] ByteView next_piece() noexcept;

  /// Fills `into` as far as there are bytes, and gives their number.
  [[nodiscard]] std::size_t read(std::span<std::byte> into) noexcept;

  /// Leaves out bytes behind the last piece; at most all that are left.
  void skip(std::uint64_t count) noexcept { offset_ += count; }

  /// Whether the source ended before the decoder did.
  [[nodiscard]] bool ended() const noexcept { return ended_; }

  [[nodiscard]] bool failed() const noexcept { return failure_ != nullptr; }

  /// Throws what was kept, if anything was.
  void throw_failure() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  const ByteSource& source_;
  DecodeMeter& meter_;
  std::uint64_t offset_ = 0;
  ByteView rest_;  // Of the last piece, for `read`.
  bool ended_ = false;
  std::exception_ptr failure_;
  std::array<std::byte, 8192> buffer_;
};

}  // namespace imagegallery
