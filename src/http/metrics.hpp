// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/results.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

namespace imagegallery {

/// Counts the handler's responses by status.
///
/// Thread safety: every method may be called from any number of threads at once.
class HttpCounters {
 public:
  void count(int status) noexcept;
  [[nodiscard]] std::uint64_t responses(int status) const noexcept;

 private:
  std::array<std::atomic<std::uint64_t>, 600> responses_{};
};

/// The metrics in Prometheus text format 0.0.4.
[[nodiscard]] std::string metrics_text(const GalleryStats& stats, const HttpCounters& counters);

}  // namespace imagegallery
