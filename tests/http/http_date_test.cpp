// SPDX-License-Identifier: Apache-2.0
#include "http/http_date.hpp"

#include "catch.hpp"

using namespace imagegallery;
using std::chrono::sys_seconds;

namespace {

sys_seconds at(std::int64_t seconds) { return sys_seconds{std::chrono::seconds{seconds}}; }

const sys_seconds now = at(1'700'000'000);  // 2023

}  // namespace

TEST_CASE("All three date formats parse to the same time", "[http]") {
  CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT", now) == at(784111777));
  CHECK(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT", now) == at(784111777));
  CHECK(parse_http_date("Sun Nov  6 08:49:37 1994", now) == at(784111777));
}

TEST_CASE("A date round-trips through IMF-fixdate", "[http]") {
  CHECK(format_http_date(at(784111777)) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(format_http_date(at(0)) == "Thu, 01 Jan 1970 00:00:00 GMT");
  for (const std::int64_t seconds : {0L, 951782400L, 1709164800L, 4102444799L, 253402300799L}) {
    CAPTURE(seconds);
    CHECK(parse_http_date(format_http_date(at(seconds)), now) == at(seconds));
  }
}

TEST_CASE("A two-digit year is at most 50 years ahead", "[http]") {
  CHECK(parse_http_date("Friday, 17-Nov-73 00:00:00 GMT", now) == at(3278102400));   // 2073
  CHECK(parse_http_date("Saturday, 17-Nov-74 00:00:00 GMT", now) == at(153878400));  // 1974
}

TEST_CASE("A leap second and a leap day are valid", "[http]") {
  CHECK(parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT", now) == at(1483228800));
  CHECK(parse_http_date("Tue, 29 Feb 2000 00:00:00 GMT", now) == at(951782400));
}

TEST_CASE("Text that is not an HTTP date is rejected", "[http]") {
  for (const auto* text : {"",
                           "0",
                           "784111777",
                           "Sun, 06 Nov 1994 08:49:37",
                           "Sun, 06 Nov 1994 08:49:37 UTC",
                           "Sun, 06 Nov 1994 08:49:37 GMT ",
                           " Sun, 06 Nov 1994 08:49:37 GMT",
                           "sun, 06 nov 1994 08:49:37 gmt",
                           "Sun, 6 Nov 1994 08:49:37 GMT",
                           "Sun, 06 Nov 94 08:49:37 GMT",
                           "Mon, 29 Feb 2023 00:00:00 GMT",
                           "Mon, 31 Apr 2023 00:00:00 GMT",
                           "Mon, 00 Apr 2023 00:00:00 GMT",
                           "Mon, 10 Apr 2023 24:00:00 GMT",
                           "Mon, 10 Apr 2023 00:60:00 GMT",
                           "Mon, 10 Apr 2023 00:00:61 GMT",
                           "Xyz, 10 Apr 2023 00:00:00 GMT",
                           "Mon, 10 Xyz 2023 00:00:00 GMT",
                           "Sun Nov 6 08:49:37 1994",
                           "Sun Nov 06 08:49:37 94",
                           "1994-11-06T08:49:37Z",
                           "Sun, 06 Nov 1994 08:49:37 +0000",
                           "Sun,"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_http_date(text, now));
  }
}
