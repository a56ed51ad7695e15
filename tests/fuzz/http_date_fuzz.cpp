// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "http/http_date.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace imagegallery;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const std::chrono::sys_seconds now{std::chrono::seconds{1'700'000'000}};
  const auto time = parse_http_date(text, now);
  // A parsed date survives formatting and parsing. The exception is a leap second at the end of the
  // year 9999, which cannot be formatted.
  constexpr std::chrono::seconds end_of_year_9999{253'402'300'800};
  if (time && time->time_since_epoch() < end_of_year_9999 &&
      parse_http_date(format_http_date(*time), now) != time) {
    std::abort();
  }
  return 0;
}
