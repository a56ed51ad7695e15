// SPDX-License-Identifier: Apache-2.0
#include "gallery/error_reports.hpp"

#include <algorithm>

namespace imagegallery {

void ErrorReports::report(const ErrorReport& report) noexcept {
  const auto source = std::min(static_cast<std::size_t>(report.source), sources - 1);
  const auto code =
      report.error == nullptr ? codes : static_cast<std::size_t>(report.error->code());
  counts_[source][std::min(code, codes)].fetch_add(1, std::memory_order_relaxed);
  if (!sink_) return;
  try {
    sink_(report);
  } catch (...) {
    // There is nobody left to tell.
  }
}

void ErrorReports::report_current(ErrorSource source, std::string_view operation,
                                  std::string_view tenant, std::string_view key) noexcept {
  report(ErrorReport::of_current(source, operation, tenant, key));
}

std::vector<ErrorCount> ErrorReports::counts() const {
  std::vector<ErrorCount> counts;
  for (std::size_t source = 0; source < sources; ++source) {
    for (std::size_t code = 0; code <= codes; ++code) {
      const auto reports = counts_[source][code].load(std::memory_order_relaxed);
      if (reports == 0) continue;
      ErrorCount count{.source = static_cast<ErrorSource>(source), .reports = reports};
      if (code < codes) count.code = static_cast<ErrorCode>(code);
      counts.push_back(count);
    }
  }
  return counts;
}

}  // namespace imagegallery
