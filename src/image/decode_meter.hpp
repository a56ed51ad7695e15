// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/image_format.hpp>
#include <imagegallery/preview.hpp>

#include <chrono>
#include <cstdint>
#include <string_view>

namespace imagegallery {

/// CPU time that the calling thread has used so far.
[[nodiscard]] std::chrono::nanoseconds thread_cpu_time() noexcept;

/// Holds one decode to its budget. What goes over a limit throws `limit_exceeded`, naming the
/// `DecodeBudget` field and both numbers. Not thread safe: it belongs to the decoding thread.
class DecodeMeter {
 public:
  using CpuClock = std::chrono::nanoseconds (*)() noexcept;

  explicit DecodeMeter(const DecodeBudget& budget, CpuClock clock = thread_cpu_time);

  [[nodiscard]] const DecodeBudget& budget() const noexcept { return budget_; }

  void check_size(std::uint32_t width, std::uint32_t height) const;
  void check_frames(std::uint64_t frames) const;
  void check_scans(std::uint64_t scans) const;
  void check_chunk(std::uint64_t bytes) const;

  /// Claims memory before it is allocated; `release_memory` gives it back.
  void claim_memory(std::uint64_t bytes);
  void release_memory(std::uint64_t bytes) noexcept { memory_ -= bytes; }

  /// To be called after each piece of work; looks at the clock about every 100,000 samples.
  void spend(std::uint64_t samples);

  /// Looks at the clock now.
  void check_cpu_time() const;

 private:
  const DecodeBudget& budget_;
  const CpuClock clock_;
  const std::chrono::nanoseconds start_;
  std::uint64_t memory_ = 0;
  std::uint64_t unchecked_samples_ = 0;
};

}  // namespace imagegallery
