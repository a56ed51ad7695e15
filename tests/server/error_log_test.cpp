// SPDX-License-Identifier: Apache-2.0
#include "error_log.hpp"

#include "catch.hpp"

#include <algorithm>
#include <string>
#include <vector>

using namespace gallery_server;
using namespace std::chrono_literals;
using imagegallery::Error;
using imagegallery::ErrorCode;
using imagegallery::ErrorReport;
using imagegallery::ErrorSource;

namespace {

struct Log {
  std::vector<std::string> take() { return std::exchange(lines, {}); }

  std::vector<std::string> lines;
  ErrorLog::SteadyTime now{};
  ErrorLog errors{[this](std::string_view line) { lines.emplace_back(line); },
                  [this] { return now; },
                  [] { return std::chrono::system_clock::from_time_t(1'700'000'000); }};
};

void report(ErrorLog& log, ErrorSource source, const Error& error) {
  try {
    throw Error{error};
  } catch (const Error&) {
    log.report(ErrorReport::of_current(source, "upload", "acme", "a.png"));
  }
}

const Error full{ErrorCode::storage_full, "no room"};
const Error failed{ErrorCode::storage_failure, "broken"};

}  // namespace

TEST_CASE("An error is one line with its time, source, code, codes below, image and message",
          "[errorlog]") {
  Log log;
  report(log.errors, ErrorSource::http, full.with_native(13, 28));
  CHECK(log.take() ==
        std::vector<std::string>{"2023-11-14T22:13:20Z error source=http code=storage_full"
                                 " operation=\"upload\" tenant=\"acme\" key=\"a.png\" native=13"
                                 " errno=28 message=\"no room\"\n"});
}

TEST_CASE("What is unknown of an error is left out of its line", "[errorlog]") {
  Log log;
  log.errors.report({.source = ErrorSource::clock, .message = "no clock"});
  CHECK(log.take() == std::vector<std::string>{"2023-11-14T22:13:20Z error source=clock code=other"
                                               " message=\"no clock\"\n"});
}

TEST_CASE("No name or message can forge a line, a field or a command of the terminal",
          "[errorlog]") {
  Log log;
  using namespace std::string_view_literals;
  const auto hostile = "a\n2023 error\r\x1b[2J\x7f\" key=\"\\\xc2\x9b\xff\0z"sv;
  log.errors.report({.source = ErrorSource::http,
                     .operation = hostile,
                     .tenant = hostile,
                     .key = hostile,
                     .message = hostile});
  const auto lines = log.take();
  REQUIRE(lines.size() == 1);
  const auto& line = lines.front();
  CHECK(std::count(line.begin(), line.end(), '\n') == 1);
  CHECK(std::count(line.begin(), line.end(), '"') == 8);
  CHECK(std::all_of(line.begin(), line.end() - 1, [](char c) { return c >= ' ' && c <= '~'; }));
  CHECK_THAT(line, ContainsSubstring("a\\x0a2023 error\\x0d\\x1b[2J\\x7f\\x22"));
}

TEST_CASE("A long message is cut", "[errorlog]") {
  Log log;
  const std::string message(100'000, 'x');
  log.errors.report({.source = ErrorSource::http, .message = message});
  CHECK(log.take().front().size() < 1200);
}

TEST_CASE("Of each source and code, a burst is written and the rest is counted", "[errorlog]") {
  Log log;
  for (int i = 0; i < 1000; ++i) report(log.errors, ErrorSource::http, full);
  CHECK(log.take().size() == ErrorLog::burst);
  report(log.errors, ErrorSource::http, failed);
  report(log.errors, ErrorSource::upkeep, full);
  CHECK(log.take().size() == 2);

  log.now += ErrorLog::period;
  report(log.errors, ErrorSource::http, full);
  const auto lines = log.take();
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] ==
        "2023-11-14T22:13:20Z error source=http code=storage_full: 990 more like this\n");
  CHECK_THAT(lines[1], ContainsSubstring("no room"));
}

TEST_CASE("The count of an ended period is written once, also if no error follows", "[errorlog]") {
  Log log;
  for (int i = 0; i < 11; ++i) report(log.errors, ErrorSource::http, full);
  (void)log.take();
  log.errors.flush();
  CHECK(log.take().empty());
  log.now += ErrorLog::period;
  log.errors.flush();
  CHECK(log.take().size() == 1);
  log.errors.flush();
  report(log.errors, ErrorSource::http, full);
  CHECK(log.take().size() == 1);
}

TEST_CASE("Lines are written at most a burst for each period, however long errors last",
          "[errorlog]") {
  Log log;
  for (int second = 0; second < 600; ++second) {
    for (int i = 0; i < 20; ++i) report(log.errors, ErrorSource::http, full);
    log.now += 1s;
  }
  // Ten periods, each with its burst and, except the last, with the line of its count.
  CHECK(log.take().size() == 10 * ErrorLog::burst + 9);
}

TEST_CASE("A log that cannot be written does not throw", "[errorlog]") {
  ErrorLog errors{[](std::string_view) { throw std::runtime_error{"closed"}; }};
  report(errors, ErrorSource::http, full);
  errors.note("again");
  errors.flush();
  SUCCEED();
}
