// SPDX-License-Identifier: Apache-2.0
#include "entity_tag.hpp"

#include "catch.hpp"

using namespace imagegallery;

TEST_CASE("An entity tag is parsed and formatted unchanged", "[http]") {
  for (const auto* text :
       {"\"\"", "\"xyzzy\"", "W/\"xyzzy\"", "\"a,b\"", "\"a\\\"", "\"\xc3\xa4\""}) {
    CAPTURE(text);
    const auto tag = parse_entity_tag(text);
    REQUIRE(tag);
    CHECK(to_string(*tag) == text);
  }
}

TEST_CASE("A malformed entity tag is rejected", "[http]") {
  for (const auto* text : {"", "xyzzy", "\"", "\"a", "a\"", "w/\"a\"", "W\"a\"", "W/",
                           "\"a\" \"b\"", "\"a b\"", "'a'"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_entity_tag(text));
  }
}

TEST_CASE("A list of entity tags may have empty elements but no missing commas", "[http]") {
  const auto list = parse_entity_tags(" , \"a\" ,, W/\"b,c\",\t\"d\" ,");
  REQUIRE(list);
  CHECK_FALSE(list->any);
  CHECK(list->tags == std::vector<EntityTag>{{"a", false}, {"b,c", true}, {"d", false}});
  for (const auto* text : {"", ",", "\"a\" \"b\"", "\"a\", b", "*, \"a\"", "\"a\", *"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_entity_tags(text));
  }
}

TEST_CASE("A star matches any entity tag", "[http]") {
  const auto list = parse_entity_tags(" * ");
  REQUIRE(list);
  CHECK(list->any);
}

TEST_CASE("Entity tags compare as in the table of RFC 9110", "[http]") {
  struct Row {
    EntityTag a;
    EntityTag b;
    bool strong;
    bool weak;
  };
  const std::vector<Row> rows{
      {{"1", true}, {"1", true}, false, true},
      {{"1", true}, {"2", true}, false, false},
      {{"1", true}, {"1", false}, false, true},
      {{"1", false}, {"1", false}, true, true},
  };
  for (const auto& row : rows) {
    CAPTURE(to_string(row.a), to_string(row.b));
    CHECK(strongly_equal(row.a, row.b) == row.strong);
    CHECK(weakly_equal(row.a, row.b) == row.weak);
  }
}

TEST_CASE("If-None-Match matches by the rules of RFC 9110", "[etag]") {
  const auto [value, matches] = GENERATE(table<const char*, bool>({
      {"\"abc\"", true},
      {"W/\"abc\"", true},
      {"*", true},
      {" * ", true},
      {"\"x\", \"abc\"", true},
      {"\"x\",\"abc\"", true},
      {"\"x\" ,\t W/\"abc\"", true},
      {"\"a,b\", \"abc\"", true},
      {",, \"abc\"", true},
      {"\"abc\", \"x\",", true},
      {"", false},
      {",", false},
      {"abc", false},
      {"\"ab\"", false},
      {"\"abcd\"", false},
      {"\"abc", false},
      {"w/\"abc\"", false},
      {"\"ABC\"", false},
      {"\"x\" \"abc\"", false},
      {"\"abc\" x", false},
      {"x, \"abc\"", false},
      {"*, \"x\"", false},
  }));
  CAPTURE(value);
  CHECK(if_none_match_matches(value, "abc") == matches);
}
