// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/error_report.hpp>

namespace imagegallery {
namespace {

// The view stays valid while the report holds the exception.
std::string_view known_else(std::string_view known, std::string_view otherwise) noexcept {
  return known.empty() ? otherwise : known;
}

}  // namespace

std::string_view to_string(ErrorSource source) noexcept {
  switch (source) {
    case ErrorSource::authenticate:
      return "authenticate";
    case ErrorSource::on_event:
      return "on_event";
    case ErrorSource::clock:
      return "clock";
    case ErrorSource::storage:
      return "storage";
    case ErrorSource::upkeep:
      return "upkeep";
    case ErrorSource::http:
      return "http";
    case ErrorSource::web:
      return "web";
    case ErrorSource::transport:
      return "transport";
  }
  return "unknown";
}

ErrorReport ErrorReport::of_current(ErrorSource source, std::string_view operation,
                                    std::string_view tenant, std::string_view key) noexcept {
  ErrorReport report{.source = source,
                     .operation = operation,
                     .tenant = tenant,
                     .key = key,
                     .exception = std::current_exception()};
  try {
    throw;
  } catch (const Error& error) {
    report.error = &error;
    report.message = error.what();
    if (!error.operation().empty()) {
      report.operation = error.operation();
      report.tenant = known_else(error.tenant(), tenant);
      report.key = known_else(error.key(), key);
    }
  } catch (const std::exception& error) {
    report.message = error.what();
  } catch (...) {
    report.message = "an exception that is not a std::exception";
  }
  return report;
}

}  // namespace imagegallery
