// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/error_report.hpp>

#include <memory>
#include <mutex>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

/// A copy of an error report.
struct RecordedReport {
  std::string source;
  std::string code;  ///< "other" if it is not an `Error`.
  std::string operation;
  std::string tenant;
  std::string key;
  std::string message;

  friend bool operator==(const RecordedReport&, const RecordedReport&) = default;
};

inline std::ostream& operator<<(std::ostream& out, const RecordedReport& report) {
  return out << report.source << ' ' << report.code << ' ' << report.operation << ' '
             << report.tenant << '/' << report.key << ": " << report.message;
}

/// Records error reports.
class ErrorRecorder {
 public:
  /// For `GalleryOptions::on_error`.
  [[nodiscard]] imagegallery::ErrorSink sink() const {
    return [state = state_](const imagegallery::ErrorReport& report) {
      const std::lock_guard lock(state->mutex);
      const auto code = report.error ? to_string(report.error->code()) : "other";
      state->reports.push_back({std::string{to_string(report.source)}, std::string{code},
                                std::string{report.operation}, std::string{report.tenant},
                                std::string{report.key}, std::string{report.message}});
    };
  }

  /// The reports since the last call.
  [[nodiscard]] std::vector<RecordedReport> take() const {
    const std::lock_guard lock(state_->mutex);
    return std::exchange(state_->reports, {});
  }

  /// The only report since the last call, "2 reports" or the like in `source` if it is not one.
  [[nodiscard]] RecordedReport only() const {
    auto reports = take();
    if (reports.size() == 1) return reports.front();
    return {std::to_string(reports.size()) + " reports", {}, {}, {}, {}, {}};
  }

 private:
  struct State {
    std::mutex mutex;
    std::vector<RecordedReport> reports;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};
