// SPDX-License-Identifier: Apache-2.0
#include "http/http_fields.hpp"

#include "catch.hpp"

using namespace imagegallery;

TEST_CASE("Field names are case-insensitive and the first match wins", "[http]") {
  const HttpRequestHead head{"GET", "/", {{"ETAG", "1"}, {"etag", "2"}}};
  CHECK(head.find("ETag") == "1");
  CHECK_FALSE(head.find("etags"));
  const HttpResponse response{200, {{"content-length", "7"}}, nullptr};
  CHECK(response.find("Content-Length") == "7");
}

TEST_CASE("Fields with the same name are combined into one list", "[http]") {
  const HttpRequestHead head{"GET", "/", {{"Accept", "a"}, {"Host", "h"}, {"accept", "b, c"}}};
  CHECK(combined_field(head, "ACCEPT") == "a, b, c");
  CHECK_FALSE(combined_field(head, "If-Match"));
}

TEST_CASE("Decimals must be digits only and fit 64 bits", "[http]") {
  CHECK(parse_decimal("0") == 0u);
  CHECK(parse_decimal("18446744073709551615") == 18446744073709551615u);
  for (const auto* text : {"", " 1", "1 ", "+1", "-1", "0x1", "1.0", "18446744073709551616"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_decimal(text));
  }
}

TEST_CASE("Parameters are parsed as tokens and as quoted text", "[http]") {
  const auto parsed =
      parse_parameterized("Form-Data; name=file ;; FileName=\"a; b\\\"c\\\\d\\e\" ; x=\"\"");
  REQUIRE(parsed);
  CHECK(parsed->value == "form-data");
  REQUIRE(parsed->find("name") != nullptr);
  CHECK(*parsed->find("name") == "file");
  CHECK(*parsed->find("filename") == "a; b\"c\\d\\e");
  CHECK(parsed->find("x")->empty());
  CHECK(parsed->find("y") == nullptr);
}

TEST_CASE("Malformed and repeated parameters are rejected", "[http]") {
  for (const auto* text : {"", ";", " ; a=b", "v; a", "v; =b", "v; a=", "v; a=\"b", "v; a=b c=d",
                           "v; a=\"b\"c", "v; a=1; A=2", "v; a b=c", "v; a=b\"c\""}) {
    CAPTURE(text);
    CHECK_FALSE(parse_parameterized(text));
  }
}
