// SPDX-License-Identifier: Apache-2.0
#include "http/http_date.hpp"

#include <array>
#include <cstddef>

namespace imagegallery {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year_month_day;

constexpr std::array<std::string_view, 7> weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 7> long_weekdays{
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Consumes a text from the front. After the first mismatch, the scan has failed.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  void literal(std::string_view expected) {
    if (rest_.substr(0, expected.size()) == expected) {
      rest_.remove_prefix(expected.size());
    } else {
      failed_ = true;
    }
  }

  unsigned digits(std::size_t count) {
    unsigned value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (i >= rest_.size() || rest_[i] < '0' || rest_[i] > '9') {
        failed_ = true;
        return 0;
      }
      value = value * 10 + static_cast<unsigned>(rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }

  // asctime pads the day with a space.
  unsigned padded_day() {
    if (rest_.substr(0, 1) == " ") {
      rest_.remove_prefix(1);
      return digits(1);
    }
    return digits(2);
  }

  template <std::size_t Size>
  unsigned name(const std::array<std::string_view, Size>& names) {
    for (unsigned i = 0; i < Size; ++i) {
      if (rest_.substr(0, names[i].size()) == names[i]) {
        rest_.remove_prefix(names[i].size());
        return i;
      }
    }
    failed_ = true;
    return 0;
  }

  [[nodiscard]] bool finished() const { return !failed_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

struct DateParts {
  unsigned year = 0;
  unsigned month = 0;  // From 0.
  unsigned day = 0;
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;

  [[nodiscard]] std::optional<sys_seconds> time() const {
    const year_month_day date{std::chrono::year{static_cast<int>(year)},
                              std::chrono::month{month + 1}, std::chrono::day{day}};
    if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
    return sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
           std::chrono::seconds{second};
  }
};

void scan_clock(Scanner& scan, DateParts& parts) {
  parts.hour = scan.digits(2);
  scan.literal(":");
  parts.minute = scan.digits(2);
  scan.literal(":");
  parts.second = scan.digits(2);
}

std::optional<sys_seconds> parse_imf_fixdate(std::string_view text) {
  Scanner scan{text};
  DateParts parts;
  scan.name(weekdays);
  scan.literal(", ");
  parts.day = scan.digits(2);
  scan.literal(" ");
  parts.month = scan.name(months);
  scan.literal(" ");
  parts.year = scan.digits(4);
  scan.literal(" ");
  scan_clock(scan, parts);
  scan.literal(" GMT");
  return scan.finished() ? parts.time() : std::nullopt;
}

std::optional<sys_seconds> parse_rfc850(std::string_view text, sys_seconds now) {
  Scanner scan{text};
  DateParts parts;
  scan.name(long_weekdays);
  scan.literal(", ");
  parts.day = scan.digits(2);
  scan.literal("-");
  parts.month = scan.name(months);
  scan.literal("-");
  const unsigned short_year = scan.digits(2);
  scan.literal(" ");
  scan_clock(scan, parts);
  scan.literal(" GMT");
  if (!scan.finished()) return std::nullopt;
  const auto this_year = static_cast<int>(year_month_day{std::chrono::floor<days>(now)}.year());
  auto year = this_year - this_year % 100 + static_cast<int>(short_year);
  if (year > this_year + 50) year -= 100;
  parts.year = static_cast<unsigned>(year);
  return parts.time();
}

std::optional<sys_seconds> parse_asctime(std::string_view text) {
  Scanner scan{text};
  DateParts parts;
  scan.name(weekdays);
  scan.literal(" ");
  parts.month = scan.name(months);
  scan.literal(" ");
  parts.day = scan.padded_day();
  scan.literal(" ");
  scan_clock(scan, parts);
  scan.literal(" ");
  parts.year = scan.digits(4);
  return scan.finished() ? parts.time() : std::nullopt;
}

void append_digits(std::string& text, unsigned value, unsigned count) {
  unsigned unit = 1;
  for (unsigned i = 1; i < count; ++i) unit *= 10;
  for (; unit != 0; unit /= 10) text += static_cast<char>('0' + value / unit % 10);
}

}  // namespace

std::string format_http_date(sys_seconds time) {
  const auto day = std::chrono::floor<days>(time);
  const year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  std::string text;
  text.reserve(29);
  text += weekdays[std::chrono::weekday{day}.c_encoding()];
  text += ", ";
  append_digits(text, static_cast<unsigned>(date.day()), 2);
  text += ' ';
  text += months[static_cast<unsigned>(date.month()) - 1];
  text += ' ';
  append_digits(text, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  text += ' ';
  append_digits(text, static_cast<unsigned>(clock.hours().count()), 2);
  text += ':';
  append_digits(text, static_cast<unsigned>(clock.minutes().count()), 2);
  text += ':';
  append_digits(text, static_cast<unsigned>(clock.seconds().count()), 2);
  text += " GMT";
  return text;
}

std::optional<sys_seconds> parse_http_date(std::string_view text, sys_seconds now) {
  if (auto time = parse_imf_fixdate(text)) return time;
  if (auto time = parse_rfc850(text, now)) return time;
  return parse_asctime(text);
}

}  // namespace imagegallery
