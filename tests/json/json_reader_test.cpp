// SPDX-License-Identifier: Apache-2.0
#include "json/json_reader.hpp"

#include <imagegallery/error.hpp>

#include "catch.hpp"

using namespace imagegallery;

namespace {

/// Calls `read` with a reader of `text`. Returns the reason of its error, or an empty string.
std::string reason(const std::string& text, const std::function<void(JsonReader&)>& read) {
  const auto source = make_view_source(as_bytes(text));
  JsonReader reader(*source);
  try {
    read(reader);
    return {};
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::invalid_argument);
    return error.what();
  }
}

std::string reason_of_string(const std::string& text, std::size_t max_bytes) {
  return reason(text, [&](JsonReader& reader) { (void)reader.read_string(max_bytes); });
}

std::string reason_of_skipped(const std::string& text) {
  return reason(text, [](JsonReader& reader) {
    reader.skip_value(0);
    reader.expect_end();
  });
}

std::string object_of(std::size_t members) {
  std::string text = "{";
  for (std::size_t i = 0; i < members; ++i) {
    if (i != 0) text += ',';
    text += '"' + std::to_string(i) + "\":0";
  }
  return text + '}';
}

}  // namespace

TEST_CASE("Each escape stands for its character", "[json]") {
  const auto source =
      make_source(std::string{R"("\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC\ud83d\ude00")"});
  CHECK(JsonReader(*source).read_string(100) == "\"\\/\b\f\n\r\tA\u00e9\u20ac\U0001f600");
}

TEST_CASE("A string may have as many bytes as allowed, however they are written", "[json]") {
  const auto [text, bytes] = GENERATE(table<std::string, std::size_t>({
      {R"("abc")", 3},
      {R"("a\n\"")", 3},
      {R"("\u00e9")", 2},
      {"\"a\xc3\xa9\"", 3},
      {R"("\ud83d\ude00")", 4},
      {"\"\xf0\x9f\x98\x80\"", 4},
  }));
  CHECK(reason_of_string(text, bytes).empty());
  CHECK_THAT(reason_of_string(text, bytes - 1), ContainsSubstring("longer than"));
}

TEST_CASE("An empty string is read even if no byte is allowed", "[json]") {
  CHECK(reason_of_string("\"\"", 0).empty());
  CHECK_THAT(reason_of_string("\"a\"", 0), ContainsSubstring("longer than 0 bytes"));
}

TEST_CASE("A pair of surrogates is a high one and then a low one", "[json]") {
  const auto read_and_skip = [](const std::string& text) {
    const auto reason = reason_of_string(text, 100);
    CHECK(reason_of_skipped(text).empty() == reason.empty());
    return reason;
  };
  for (const char* valid :
       {R"("\ud800\udc00")", R"("\udbff\udfff")", R"("\ud7ff")", R"("\ue000")"}) {
    CHECK(read_and_skip(valid).empty());
  }
  for (const char* half : {R"("\ud800\udbff")", R"("\ud800\ue000")", R"("\ud800\uffff")",
                           R"("\ud800x")", R"("\ud800\n")", R"("\ud800")", R"("\ud800\\udc00")"}) {
    CHECK_THAT(read_and_skip(half), ContainsSubstring("surrogate"));
  }
  for (const char* low : {R"("\udc00")", R"("\udfff\ud800")"}) {
    CHECK_THAT(read_and_skip(low), ContainsSubstring("unpaired"));
  }
}

TEST_CASE("Skipped values may be nested 64 deep", "[json]") {
  const auto nested = [](std::size_t depth, const std::string& open, const std::string& close) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += open;
    text += '1';
    for (std::size_t i = 0; i < depth; ++i) text += close;
    return text;
  };
  CHECK(reason_of_skipped(nested(64, "[", "]")).empty());
  CHECK_THAT(reason_of_skipped(nested(65, "[", "]")), ContainsSubstring("nested"));
  CHECK(reason_of_skipped(nested(64, "{\"a\":", "}")).empty());
  CHECK_THAT(reason_of_skipped(nested(65, "{\"a\":", "}")), ContainsSubstring("nested"));
}

TEST_CASE("A skipped object may have 10,000 members with different names", "[json]") {
  CHECK(reason_of_skipped(object_of(10'000)).empty());
  CHECK_THAT(reason_of_skipped(object_of(10'001)), ContainsSubstring("too many members"));
  CHECK_THAT(reason_of_skipped(R"({"a":1,"b":2,"a":3})"), ContainsSubstring("duplicate name"));
}

TEST_CASE("A member's name may have 1024 bytes", "[json]") {
  const auto named = [](std::size_t bytes) { return "{\"" + std::string(bytes, 'n') + "\":1}"; };
  CHECK(reason_of_skipped(named(1024)).empty());
  CHECK_THAT(reason_of_skipped(named(1025)), ContainsSubstring("longer than 1024"));
}

TEST_CASE("A number may have 1024 characters", "[json]") {
  const auto number = [](std::size_t characters) {
    return "0." + std::string(characters - 2, '1');
  };
  CHECK(reason_of_skipped(number(1024)).empty());
  CHECK_THAT(reason_of_skipped(number(1025)), ContainsSubstring("1024"));
}

TEST_CASE("Skipped text that is not JSON is rejected", "[json]") {
  const std::string text = GENERATE(
      "", "[", "[1,]", "{\"a\":1,}", "{\"a\"}", "{a:1}", "01", "1.", "-", "1e", "1e+", "tru", "nul",
      "fals", "[1 2]", "\"\t\"", "\"\\x\"", "\"\xff\"", "\"\x80\"", "\"\xc3\"", "\"\xe2\x82\"",
      "\"\xf0\x9f\x98\"", "\"\xf8\x88\x80\x80\x80\"", "\"a", "[\"a", "{} {}", "]", "1e999");
  CAPTURE(text);
  CHECK_FALSE(reason_of_skipped(text).empty());
}

TEST_CASE("Strings are read and skipped across the ends of the reader's window", "[json]") {
  // The window has 16,384 bytes.
  for (std::size_t before = 16'376; before < 16'392; ++before) {
    const auto plain = std::string(before, 'a');
    const auto text = '"' + plain + "\xf0\x9f\x98\x80" + R"(\ud83d\ude00)" + "b\"";
    const auto source = make_view_source(as_bytes(text));
    JsonReader reader(*source);
    REQUIRE(reader.read_string(20'000) == plain + "\xf0\x9f\x98\x80\xf0\x9f\x98\x80" + "b");
    JsonReader skipping(*source);
    const auto raw = skipping.skip_string();
    REQUIRE(raw.begin == 1);
    REQUIRE(raw.end == text.size() - 1);
    REQUIRE(raw.has_escapes);
  }
}
