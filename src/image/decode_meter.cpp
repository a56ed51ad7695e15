// SPDX-License-Identifier: Apache-2.0
#include "image/decode_meter.hpp"

#include <algorithm>
#include <ctime>
#include <imagegallery/error.hpp>
#include <limits>
#include <string>

namespace imagegallery {
namespace {

// Reading the clock is a system call; decoding this many samples takes about a millisecond.
constexpr std::uint64_t samples_between_readings = 100'000;

void check(std::uint64_t value, std::uint64_t limit, std::string_view what,
           std::string_view field) {
  if (value <= limit) return;
  throw Error(ErrorCode::limit_exceeded, std::string(what) + ": " + std::to_string(value) +
                                             ", limit " + std::to_string(limit) +
                                             " (DecodeBudget::" + std::string(field) + ")");
}

}  // namespace

std::chrono::nanoseconds thread_cpu_time() noexcept {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

DecodeMeter::DecodeMeter(const DecodeBudget& budget, CpuClock clock)
    : budget_(budget), clock_(clock), start_(clock()) {}

void DecodeMeter::check_size(std::uint32_t width, std::uint32_t height) const {
  check(std::max(width, height), budget_.max_side, "Image width or height too large", "max_side");
  check(std::uint64_t{width} * height, budget_.max_pixels, "Too many pixels", "max_pixels");
}

void DecodeMeter::check_frames(std::uint64_t frames) const {
  check(frames, budget_.max_frames, "Too many frames", "max_frames");
}

void DecodeMeter::check_scans(std::uint64_t scans) const {
  check(scans, budget_.max_scans, "Too many JPEG scans", "max_scans");
}

void DecodeMeter::check_chunk(std::uint64_t bytes) const {
  check(bytes, budget_.max_chunk_bytes, "PNG chunk too large, in bytes", "max_chunk_bytes");
}

void DecodeMeter::claim_memory(std::uint64_t bytes) {
  constexpr auto max = std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t need = bytes > max - memory_ ? max : memory_ + bytes;
  check(need, budget_.max_memory_bytes, "Decoding needs too much memory, in bytes",
        "max_memory_bytes");
  memory_ = need;
}

void DecodeMeter::spend(std::uint64_t samples) {
  unchecked_samples_ += samples;
  if (unchecked_samples_ < samples_between_readings) return;
  unchecked_samples_ = 0;
  check_cpu_time();
}

void DecodeMeter::check_cpu_time() const {
  const std::chrono::nanoseconds used = clock_() - start_;
  if (used <= budget_.max_cpu_time) return;
  throw Error(ErrorCode::limit_exceeded, "Decoding exceeded the CPU time limit of " +
                                             std::to_string(budget_.max_cpu_time.count()) +
                                             " ms (DecodeBudget::max_cpu_time)");
}

}  // namespace imagegallery
