// SPDX-License-Identifier: Apache-2.0
#include "json/json_value.hpp"

#include <imagegallery/error.hpp>

#include "catch.hpp"

using namespace imagegallery;

namespace {

bool is_json(std::string_view text) {
  try {
    (void)parse_json(text);
    return true;
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::invalid_argument);
    CHECK_THAT(error.what(), ContainsSubstring("byte "));
    return false;
  }
}

}  // namespace

TEST_CASE("JSON values of each type are parsed", "[json]") {
  const auto value =
      parse_json(R"( {"a":[1,-2.5e2,true,false,null],"b":{"c":"x\u00e9\n\ud83d\ude00"}} )");
  const auto* a = value.find("a");
  REQUIRE(a);
  REQUIRE(a->as_array());
  CHECK(a->as_array()->at(0).as_uint() == 1u);
  CHECK(*a->as_array()->at(1).as_number() == -250);
  CHECK(*a->as_array()->at(2).as_bool());
  CHECK_FALSE(*a->as_array()->at(3).as_bool());
  CHECK(a->as_array()->at(4).is_null());
  CHECK(*value.find("b")->find("c")->as_string() == "x\xc3\xa9\n\xf0\x9f\x98\x80");
  CHECK(value.find("d") == nullptr);
}

TEST_CASE("Text that is not JSON is rejected with the byte offset", "[json]") {
  const auto* const text =
      GENERATE("", " ", "{", "[", "[1,]", "{\"a\":1,}", "{\"a\"}", "{a:1}", "'a'", "01", "1.", ".5",
               "+1", "-", "1e", "tru", "nul", "True", "[1 2]", "\"\t\"", "\"\\x\"", "\"\\u12\"",
               "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\xff\"", "\"\xc0\x80\"",
               "\"\xed\xa0\x80\"", "\xef\xbb\xbf{}", "{} {}", "[1]x", "\"a", "[\"a",
               "{\"a\":1,\"a\":2}", "{\"a\":{\"b\":1,\"b\":1}}", "NaN", "Infinity", "1e999");
  CHECK_FALSE(is_json(text));
}

TEST_CASE("JSON nested 64 deep is accepted, 65 deep is rejected", "[json]") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + "1" + std::string(depth, ']');
  };
  CHECK(is_json(nested(64)));
  CHECK_FALSE(is_json(nested(65)));
}

TEST_CASE("A JSON object may have 10,000 members, whose names have at most 1024 bytes", "[json]") {
  const auto object = [](std::size_t members) {
    std::string text = "{\"0\":0";
    for (std::size_t i = 1; i < members; ++i) text += ",\"" + std::to_string(i) + "\":0";
    return text + '}';
  };
  CHECK(is_json(object(10'000)));
  CHECK_FALSE(is_json(object(10'001)));
  CHECK(is_json("{\"" + std::string(1024, 'n') + "\":1}"));
  CHECK_FALSE(is_json("{\"" + std::string(1025, 'n') + "\":1}"));
}

TEST_CASE("JSON objects nested 64 deep are accepted, 65 deep are rejected", "[json]") {
  const auto nested = [](std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += "{\"a\":";
    return text + '1' + std::string(depth, '}');
  };
  CHECK(is_json(nested(64)));
  CHECK_FALSE(is_json(nested(65)));
}

TEST_CASE("Only whole numbers below 2^53 convert to unsigned", "[json]") {
  CHECK(parse_json("9007199254740991").as_uint() == 9007199254740991u);
  CHECK_FALSE(parse_json("9007199254740992").as_uint());
  CHECK_FALSE(parse_json("-1").as_uint());
  CHECK_FALSE(parse_json("1.5").as_uint());
  CHECK_FALSE(parse_json("\"1\"").as_uint());
}
