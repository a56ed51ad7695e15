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
  // What was read is written in the one form, and read from there as the same. A leap second at the
  // very end of the last year has no such form.
  constexpr std::chrono::seconds end_of_year_9999{253'402'300'800};
  if (time && time->time_since_epoch() < end_of_year_9999 &&
      parse_http_date(format_http_date(*time), now) != time) {
    std::abort();
  }
  return 0;
}
