// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/image_format.hpp>
#include <imagegallery/preview.hpp>

#include <chrono>
#include <cstdint>
#include <string_view>

namespace imagegallery {

/// CPU time used by the calling thread so far.
[[nodiscard]] std::chrono::nanoseconds thread_cpu_time() noexcept;

/// Enforces the budget of one decode. Exceeding a limit throws `limit_exceeded`, which names the
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

  /// Reserves memory before it is allocated; `release_memory` undoes that.
  void claim_memory(std::uint64_t bytes);
  void release_memory(std::uint64_t bytes) noexcept { memory_ -= bytes; }

  /// Call after each step of the work; reads the clock about every 100,000 samples.
  void spend(std::uint64_t samples);

  /// Reads the clock now.
  void check_cpu_time() const;

 private:
  const DecodeBudget& budget_;
  const CpuClock clock_;
  const std::chrono::nanoseconds start_;
  std::uint64_t memory_ = 0;
  std::uint64_t unchecked_samples_ = 0;
};

}  // namespace imagegallery
