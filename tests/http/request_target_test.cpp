// SPDX-License-Identifier: Apache-2.0
#include "http/request_target.hpp"

#include "catch.hpp"

#include <string>

#include "http/problem.hpp"

using namespace imagegallery;

namespace {

int status_of_target(const std::string& target) {
  try {
    (void)parse_request_target(target);
    return 200;
  } catch (const HttpProblem& problem) {
    return problem.status();
  }
}

using Segments = std::vector<std::string>;

}  // namespace

TEST_CASE("A path is split before it is decoded", "[http]") {
  CHECK(parse_request_target("/api/images").segments == Segments{"api", "images"});
  CHECK(parse_request_target("/").segments == Segments{""});
  CHECK(parse_request_target("/a/").segments == Segments{"a", ""});
  CHECK(parse_request_target("//a").segments == Segments{"", "a"});
  CHECK(parse_request_target("/a%2Fb/c+d%3F").segments == Segments{"a/b", "c+d?"});
  CHECK(parse_request_target("/%D0%BD%d0%b0%D1%81%D0%BE%D1%81.png").segments ==
        Segments{"насос.png"});
  CHECK(parse_request_target("/a/../b").segments == Segments{"a", "..", "b"});
}

TEST_CASE("A query is decoded as form data", "[http]") {
  const auto target = parse_request_target("/x?a=1&b=two+words%2B&c&d=&&e=f=g&%66=h?i/");
  CHECK(*target.find("a") == "1");
  CHECK(*target.find("b") == "two words+");
  CHECK(target.find("c")->empty());
  CHECK(target.find("d")->empty());
  CHECK(*target.find("e") == "f=g");
  CHECK(*target.find("f") == "h?i/");
  CHECK(target.find("g") == nullptr);
}

TEST_CASE("The authority of an absolute target is ignored", "[http]") {
  CHECK(parse_request_target("http://example.com/api/x?y=z").segments == Segments{"api", "x"});
  CHECK(parse_request_target("http://example.com").segments == Segments{""});
  CHECK(parse_request_target("http://example.com?y=/z").segments.empty());
  CHECK(*parse_request_target("http://example.com?y=/z").find("y") == "/z");
}

TEST_CASE("Malformed targets are rejected", "[http]") {
  for (const auto* target : {"x", "example.com:443", "/%", "/%4", "/%4g", "/%00", "/a?b=%00",
                             "/%ff", "/%c3", "/%c0%af", "/%ed%a0%80", "/a b", "/a#b", "/a\tb",
                             "/a\r\nb", "/a\x7f", "/?a=1&a=2", "/?a=%f8", "/\xc3"}) {
    CAPTURE(target);
    CHECK(status_of_target(target) == 400);
  }
}

TEST_CASE("A target may have at most 8192 bytes", "[http]") {
  CHECK(status_of_target("/" + std::string(8191, 'a')) == 200);
  CHECK(status_of_target("/" + std::string(8192, 'a')) == 414);
}
