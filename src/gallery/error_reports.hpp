// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/error_report.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace imagegallery {

/// Counts error reports and passes them to the host.
///
/// Thread safety: every method may be called from any number of threads at once.
class ErrorReports {
 public:
  /// `sink` may be empty.
  explicit ErrorReports(ErrorSink sink) : sink_(std::move(sink)) {}

  /// Must be called without locks held. Exceptions of the host are ignored.
  void report(const ErrorReport& report) noexcept;

  /// Reports the exception that is being handled; call it in a handler.
  void report_current(ErrorSource source, std::string_view operation, std::string_view tenant = {},
                      std::string_view key = {}) noexcept;

  /// The counts that are not zero.
  [[nodiscard]] std::vector<ErrorCount> counts() const;

 private:
  static constexpr std::size_t sources = static_cast<std::size_t>(ErrorSource::transport) + 1;
  static constexpr std::size_t codes = static_cast<std::size_t>(ErrorCode::corrupt_data) + 1;

  const ErrorSink sink_;
  // The last column is for exceptions that are not an `Error`.
  std::array<std::array<std::atomic<std::uint64_t>, codes + 1>, sources> counts_{};
};

}  // namespace imagegallery
