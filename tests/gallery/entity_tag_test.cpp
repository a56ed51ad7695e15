// SPDX-License-Identifier: Apache-2.0
#include "gallery/entity_tag.hpp"

#include "catch.hpp"

using namespace imagegallery;

TEST_CASE("A field value names an ETag by the rules of RFC 9110", "[etag]") {
  const auto [value, weakly, strongly] = GENERATE(table<const char*, bool, bool>({
      {"\"abc\"", true, true},
      {"W/\"abc\"", true, false},
      {"*", true, true},
      {" * ", true, true},
      {"\"x\", \"abc\"", true, true},
      {"\"x\",\"abc\"", true, true},
      {"\"x\" ,\t W/\"abc\"", true, false},
      {"\"a,b\", \"abc\"", true, true},
      {",, \"abc\"", true, true},
      {"", false, false},
      {"abc", false, false},
      {"\"ab\"", false, false},
      {"\"abcd\"", false, false},
      {"\"abc", false, false},
      {"w/\"abc\"", false, false},
      {"\"ABC\"", false, false},
      {"\"x\" \"abc\"", false, false},
      {"*, \"x\"", false, false},
  }));
  CAPTURE(value);
  CHECK(names_etag(value, "abc") == weakly);
  CHECK(names_etag(value, "abc", true) == strongly);
}
