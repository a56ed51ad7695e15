// SPDX-License-Identifier: Apache-2.0
#include "json/json_writer.hpp"

#include "catch.hpp"
#include "json/json_value.hpp"

using namespace imagegallery;

TEST_CASE("The writer separates members and items by commas", "[json]") {
  JsonWriter json;
  json.begin_object().member("a", 1).name("b").begin_array().value(true).null().begin_object();
  json.end_object().end_array().member("c", "x").end_object();
  CHECK(json.text() == R"({"a":1,"b":[true,null,{}],"c":"x"})");
}

TEST_CASE("Any text round-trips", "[json]") {
  const std::string text = "quote \" slash \\ \n\r\t\x01\x7f \xc3\xa9 \xf0\x9f\x98\x80 </script>";
  JsonWriter json;
  json.value(text);
  CHECK(*parse_json(json.text()).as_string() == text);
}

TEST_CASE("Bytes that are not UTF-8 are written as replacement characters", "[json]") {
  JsonWriter json;
  json.value("a\xff\xc3");
  CHECK(json.text() == "\"a\xef\xbf\xbd\xef\xbf\xbd\"");
}
