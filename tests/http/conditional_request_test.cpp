// SPDX-License-Identifier: Apache-2.0
#include "http/conditional_request.hpp"

#include "catch.hpp"

#include <string>

using namespace imagegallery;
using Kind = ConditionalOutcome::Kind;

namespace {

// The target was last modified on Sun, 06 Nov 1994 08:49:37 GMT.
const auto modified = std::chrono::sys_seconds{std::chrono::seconds{784111777}};
const std::string same_date = "Sun, 06 Nov 1994 08:49:37 GMT";
const std::string before = "Sun, 06 Nov 1994 08:49:36 GMT";
const std::string after = "Sun, 06 Nov 1994 08:49:38 GMT";

Validators two_codings() {
  return {.etags = {{"a-gz", false}, {"a", false}},
          .last_modified = modified,
          .now = modified + std::chrono::hours{1}};
}

Validators plain() {
  return {
      .etags = {{"a", false}}, .last_modified = modified, .now = modified + std::chrono::hours{1}};
}

struct Row {
  std::string method;
  std::vector<HttpField> fields;
  ConditionalOutcome outcome;
};

void check(const std::vector<Row>& rows, const Validators& validators) {
  for (const auto& row : rows) {
    std::string shown = row.method;
    for (const auto& field : row.fields) shown += " | " + field.name + ": " + field.value;
    CAPTURE(shown);
    const auto outcome = evaluate_preconditions({row.method, "/", row.fields}, validators);
    CHECK(outcome.kind == row.outcome.kind);
    CHECK(outcome.etag == row.outcome.etag);
    CHECK(outcome.range_applies == row.outcome.range_applies);
  }
}

const ConditionalOutcome proceed{};
const ConditionalOutcome ranged{Kind::proceed, 0, true};
const ConditionalOutcome unmodified{Kind::not_modified, 0, false};
const ConditionalOutcome failed{Kind::precondition_failed, 0, false};

}  // namespace

TEST_CASE("If-None-Match decides between 304 and 200", "[http]") {
  check({{"GET", {}, proceed},
         {"GET", {{"If-None-Match", "\"a\""}}, unmodified},
         {"HEAD", {{"If-None-Match", "\"a\""}}, unmodified},
         {"GET", {{"if-none-match", "W/\"a\""}}, unmodified},
         {"GET", {{"If-None-Match", "*"}}, unmodified},
         {"GET", {{"If-None-Match", "\"x\", \"a\""}}, unmodified},
         {"GET", {{"If-None-Match", "\"x\""}, {"If-None-Match", "\"a\""}}, unmodified},
         {"GET", {{"If-None-Match", "\"x\", W/\"y\""}}, proceed},
         {"GET", {{"If-None-Match", "\"A\""}}, proceed},
         {"GET", {{"If-None-Match", "a"}}, proceed},
         {"GET", {{"If-None-Match", "\"a-gz\""}}, proceed}},
        plain());
}

TEST_CASE("A matching If-None-Match makes a change fail", "[http]") {
  check({{"PUT", {{"If-None-Match", "*"}}, failed},
         {"DELETE", {{"If-None-Match", "\"a\""}}, failed},
         {"PUT", {{"If-None-Match", "\"x\""}}, proceed}},
        plain());
}

TEST_CASE("If-None-Match finds the coding that the client has cached", "[http]") {
  check({{"GET", {{"If-None-Match", "\"a-gz\""}}, {Kind::not_modified, 0, false}},
         {"GET", {{"If-None-Match", "\"a\""}}, {Kind::not_modified, 1, false}},
         {"GET", {{"If-None-Match", "\"a\", \"a-gz\""}}, {Kind::not_modified, 0, false}}},
        two_codings());
}

TEST_CASE("If-Match compares strongly and is evaluated first", "[http]") {
  check({{"PUT", {{"If-Match", "\"a\""}}, proceed},
         {"PUT", {{"If-Match", "*"}}, proceed},
         {"PUT", {{"If-Match", "\"x\", \"a\""}}, proceed},
         {"PUT", {{"If-Match", "W/\"a\""}}, failed},
         {"PUT", {{"If-Match", "\"x\""}}, failed},
         {"PUT", {{"If-Match", "a"}}, failed},
         {"PUT", {{"If-Match", ""}}, failed},
         {"GET", {{"If-Match", "\"x\""}}, failed},
         {"GET", {{"If-Match", "\"x\""}, {"If-None-Match", "\"a\""}}, failed},
         {"GET", {{"If-Match", "\"a\""}, {"If-None-Match", "\"a\""}}, unmodified},
         {"GET", {{"If-Match", "\"a\""}, {"If-Unmodified-Since", before}}, proceed}},
        plain());
}

TEST_CASE("Dates are used if there are no ETag conditions", "[http]") {
  check({{"GET", {{"If-Modified-Since", before}}, proceed},
         {"GET", {{"If-Modified-Since", same_date}}, unmodified},
         {"GET", {{"If-Modified-Since", after}}, unmodified},
         {"HEAD", {{"If-Modified-Since", after}}, unmodified},
         {"PUT", {{"If-Modified-Since", after}}, proceed},
         {"GET", {{"If-Modified-Since", "yesterday"}}, proceed},
         {"GET", {{"If-Modified-Since", after}, {"If-None-Match", "\"x\""}}, proceed},
         {"GET", {{"If-Modified-Since", after}, {"If-None-Match", "x"}}, proceed},
         {"PUT", {{"If-Unmodified-Since", before}}, failed},
         {"PUT", {{"If-Unmodified-Since", same_date}}, proceed},
         {"PUT", {{"If-Unmodified-Since", "now"}}, proceed},
         {"GET", {{"If-Unmodified-Since", before}}, failed},
         {"GET", {{"If-Unmodified-Since", before}, {"If-Modified-Since", after}}, failed}},
        plain());
}

TEST_CASE("Date conditions are ignored without a Last-Modified", "[http]") {
  auto undated = plain();
  undated.last_modified.reset();
  check({{"GET", {{"If-Modified-Since", after}}, proceed},
         {"PUT", {{"If-Unmodified-Since", before}}, proceed}},
        undated);
}

TEST_CASE("A range applies only to GET, and only if If-Range is true or absent", "[http]") {
  const HttpField range{"Range", "bytes=0-1"};
  check({{"GET", {range}, ranged},
         {"HEAD", {range}, proceed},
         {"PUT", {range}, proceed},
         {"GET", {range, {"If-Range", "\"a\""}}, ranged},
         {"GET", {range, {"If-Range", "W/\"a\""}}, proceed},
         {"GET", {range, {"If-Range", "\"x\""}}, proceed},
         {"GET", {range, {"If-Range", same_date}}, ranged},
         {"GET", {range, {"If-Range", after}}, proceed},
         {"GET", {range, {"If-Range", "*"}}, proceed},
         {"GET", {{"If-Range", "\"a\""}}, proceed},
         {"GET", {range, {"If-None-Match", "\"a\""}}, unmodified},
         {"GET", {range, {"If-None-Match", "\"x\""}}, ranged}},
        plain());
}

TEST_CASE("Last-Modified is the creation time or the second after the last change", "[http]") {
  const auto last_modified = [](std::int64_t created, std::int64_t updated) {
    ImageInfo info;
    info.created_at = Time{std::chrono::milliseconds{created}};
    info.updated_at = Time{std::chrono::milliseconds{updated}};
    return last_modified_of(info).time_since_epoch().count();
  };
  CHECK(last_modified(5000, 5000) == 5);
  CHECK(last_modified(5999, 5999) == 5);
  CHECK(last_modified(5000, 5001) == 6);
  CHECK(last_modified(5000, 5999) == 6);
  CHECK(last_modified(5000, 6000) == 7);
}
