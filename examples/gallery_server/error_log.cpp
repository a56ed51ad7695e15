// SPDX-License-Identifier: Apache-2.0
#include "error_log.hpp"

#include <unistd.h>

#include <array>
#include <ctime>

namespace gallery_server {
namespace {

using imagegallery::ErrorReport;

constexpr std::size_t max_value_bytes = 1000;

/// Quotes a value. Escapes bytes of clients and files that could forge a line or a terminal's
/// commands.
void append_field(std::string& line, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  constexpr std::string_view digits = "0123456789abcdef";
  line.append(" ").append(name).append("=\"");
  for (const char c : value.substr(0, max_value_bytes)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte > 0x7e || c == '"' || c == '\\') {
      line.append("\\x").append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
    } else {
      line += c;
    }
  }
  line += value.size() > max_value_bytes ? "...\"" : "\"";
}

void append_number(std::string& line, std::string_view name, int number) {
  if (number != 0) line.append(" ").append(name).append("=").append(std::to_string(number));
}

std::string kind_text(imagegallery::ErrorSource source,
                      const std::optional<imagegallery::ErrorCode>& code) {
  std::string text = "source=";
  text.append(to_string(source)).append(" code=").append(code ? to_string(*code) : "other");
  return text;
}

std::optional<imagegallery::ErrorCode> code_of(const ErrorReport& report) {
  if (report.error == nullptr) return std::nullopt;
  return report.error->code();
}

std::string text_of(const ErrorReport& report) {
  std::string text = "error " + kind_text(report.source, code_of(report));
  append_field(text, "operation", report.operation);
  append_field(text, "tenant", report.tenant);
  append_field(text, "key", report.key);
  if (report.error != nullptr) {
    append_number(text, "native", report.error->native_code());
    append_number(text, "errno", report.error->system_error());
  }
  append_field(text, "message", report.message);
  return text;
}

}  // namespace

ErrorLog::ErrorLog(std::function<void(std::string_view)> write, std::function<SteadyTime()> now,
                   std::function<std::chrono::system_clock::time_point()> time)
    : write_(std::move(write)),
      now_(now ? std::move(now) : [] { return std::chrono::steady_clock::now(); }),
      time_(time ? std::move(time) : [] { return std::chrono::system_clock::now(); }) {}

void ErrorLog::report(const ErrorReport& report) noexcept try {
  const std::lock_guard lock{mutex_};
  const auto now = now_();
  const Kind kind{report.source, code_of(report)};
  const auto [entry, is_new] = periods_.try_emplace(kind, Period{now, 0, 0});
  Period& current = entry->second;
  if (now - current.begin >= period) {
    end_period(kind, current);
    current.begin = now;
  }
  if (current.lines == burst) {
    ++current.counted;
    return;
  }
  ++current.lines;
  write_line(text_of(report));
} catch (...) {
}

void ErrorLog::note(std::string_view text) noexcept try {
  const std::lock_guard lock{mutex_};
  write_line("note " + std::string{text});
} catch (...) {
}

void ErrorLog::flush() noexcept try {
  const std::lock_guard lock{mutex_};
  const auto now = now_();
  for (auto& [kind, current] : periods_) {
    if (now - current.begin >= period) end_period(kind, current);
  }
} catch (...) {
}

void ErrorLog::end_period(const Kind& kind, Period& ended) {
  const auto counted = ended.counted;
  ended.lines = 0;
  ended.counted = 0;
  if (counted != 0) {
    write_line("error " + kind_text(kind.first, kind.second) + ": " + std::to_string(counted) +
               " more like this");
  }
}

void ErrorLog::write_line(const std::string& text) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time_());
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  std::array<char, 32> time{};
  const auto length = std::strftime(time.data(), time.size(), "%FT%TZ ", &utc);
  write_(std::string{time.data(), length} + text + '\n');
}

void write_to_stderr(std::string_view line) {
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace gallery_server
