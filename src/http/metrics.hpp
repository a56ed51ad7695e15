// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/results.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

namespace imagegallery {

/// How often the handler answered with which status.
///
/// Thread safety: every method may be called from any number of threads at once.
class HttpCounters {
 public:
  void count(int status) noexcept;
  [[nodiscard]] std::uint64_t responses(int status) const noexcept;

 private:
  std::array<std::atomic<std::uint64_t>, 600> responses_{};
};

/// The text format 0.0.4 of Prometheus.
[[nodiscard]] std::string metrics_text(const GalleryStats& stats, const HttpCounters& counters);

}  // namespace imagegallery
