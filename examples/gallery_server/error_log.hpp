// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/error_report.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace gallery_server {

/// Writes error reports, one line each. Of each source and code, at most `burst` lines are written
/// in each `period`; the others are counted, and a line says how many there were.
/// Thread safety: every method may be called from any number of threads at once.
class ErrorLog {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  static constexpr unsigned burst = 10;
  static constexpr std::chrono::seconds period{60};

  /// `write` gets each line with its line end; calls do not overlap. `now` and `time` are the
  /// clocks of periods and of the lines' times; if empty, the steady and the system clock.
  explicit ErrorLog(std::function<void(std::string_view line)> write,
                    std::function<SteadyTime()> now = {},
                    std::function<std::chrono::system_clock::time_point()> time = {});
  ErrorLog(const ErrorLog&) = delete;
  ErrorLog& operator=(const ErrorLog&) = delete;

  /// Writes or counts a report. A line that cannot be written is dropped.
  void report(const imagegallery::ErrorReport& report) noexcept;

  /// Writes a line that is not an error, such as that one is over.
  void note(std::string_view text) noexcept;

  /// Writes how many reports of ended periods were only counted. Call it now and then.
  void flush() noexcept;

 private:
  using Kind = std::pair<imagegallery::ErrorSource, std::optional<imagegallery::ErrorCode>>;
  struct Period {
    SteadyTime begin{};
    unsigned lines = 0;
    std::uint64_t counted = 0;  // Reports without a line.
  };

  void end_period(const Kind& kind, Period& ended);
  void write_line(const std::string& text);

  const std::function<void(std::string_view)> write_;
  const std::function<SteadyTime()> now_;
  const std::function<std::chrono::system_clock::time_point()> time_;
  std::mutex mutex_;
  std::map<Kind, Period> periods_;
};

/// Appends a line to stderr in a single write, so that lines of several threads do not mix.
void write_to_stderr(std::string_view line);

}  // namespace gallery_server
