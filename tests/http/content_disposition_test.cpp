// SPDX-License-Identifier: Apache-2.0
#include "http/content_disposition.hpp"

#include "catch.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "http/problem.hpp"

using namespace imagegallery;

TEST_CASE("An ASCII name is quoted, any other is sent in both forms", "[http]") {
  CHECK(content_disposition("attachment", "pump 7.jpg") == "attachment; filename=\"pump 7.jpg\"");
  CHECK(content_disposition("inline", "насос.png") ==
        "inline; filename=\"_____.png\"; "
        "filename*=UTF-8''%D0%BD%D0%B0%D1%81%D0%BE%D1%81.png");
  CHECK(content_disposition("attachment", "100%.png") ==
        "attachment; filename=\"100_.png\"; filename*=UTF-8''100%25.png");
}

TEST_CASE("No name can break out of its field", "[http]") {
  const std::string hostile = "a\"; filename=\"b\r\nSet-Cookie: x=y\\\0\x7f.png";
  const auto field = content_disposition("attachment", hostile);
  for (const char c : field) CHECK((c >= 0x20 && c < 0x7f));
  CHECK(field.find("filename=\"b") == std::string::npos);
  CHECK(field.find("\\") == std::string::npos);
  CHECK(content_disposition("inline", "\xff.png") == "inline; filename=\"_.png\"");
}

TEST_CASE("None of a hundred thousand hostile names breaks out of its field", "[http]") {
  const std::vector<std::string> parts{"../",
                                       "\\",
                                       "\"",
                                       "\r\n",
                                       std::string(1, '\0'),
                                       "%0d%0a",
                                       "\xe2\x80\xae",
                                       "\xc2\x85",
                                       "\xff",
                                       "'",
                                       ";",
                                       "=",
                                       "é",
                                       "a",
                                       ".png",
                                       "UTF-8''",
                                       " ",
                                       "\t"};
  std::mt19937 random{3};
  std::size_t escaped = 0;
  for (int i = 0; i < 100'000; ++i) {
    std::string name;
    for (auto count = random() % 12; count != 0; --count) name += parts[random() % parts.size()];
    const auto field = content_disposition("attachment", name);
    const auto quotes = std::count(field.begin(), field.end(), '"');
    const bool plain = std::all_of(field.begin(), field.end(),
                                   [](char c) { return c >= 0x20 && c < 0x7f && c != '\\'; });
    if (!plain || quotes != 2) ++escaped;
  }
  CHECK(escaped == 0);
}

TEST_CASE("A field-safe name is printable ASCII", "[http]") {
  CHECK(field_safe_name("pump 7.jpg") == "pump 7.jpg");
  CHECK(field_safe_name("ä%\r\n.png") == "%C3%A4%25%0D%0A.png");
}

TEST_CASE("Only the last part of a client's path is used", "[http]") {
  CHECK(client_file_name("pump.jpg") == "pump.jpg");
  CHECK(client_file_name("../../etc/pump.jpg") == "pump.jpg");
  CHECK(client_file_name("C:\\fotos\\pump.jpg") == "pump.jpg");
  CHECK(client_file_name("a/b\\c.png") == "c.png");
  CHECK(client_file_name("...png") == "...png");
}

TEST_CASE("A client's file name that names no file is rejected", "[http]") {
  for (const std::string name :
       {"", ".", "..", "/", "a/", "a\\..", "a\nb", "a\x7f", "\xff", "a\xc2\x85", "\x01"}) {
    CAPTURE(name);
    CHECK_THROWS_AS(client_file_name(name), HttpProblem);
  }
  CHECK_THROWS_AS(client_file_name(std::string_view{"a\0b", 3}), HttpProblem);
}

TEST_CASE("Extended values are decoded from their character set", "[http]") {
  CHECK(decode_extended_value("UTF-8''%e2%82%ac%20rates") == "€ rates");
  CHECK(decode_extended_value("utf-8'en'a.png") == "a.png");
  CHECK(decode_extended_value("iso-8859-1'en'%A3%20rates") == "£ rates");
  for (const auto* value :
       {"", "a.png", "UTF-8'a.png", "UTF-8''%", "UTF-8''%ff", "UTF-16''a", "''a", "koi8-r''%C1"}) {
    CAPTURE(value);
    CHECK_THROWS_AS(decode_extended_value(value), HttpProblem);
  }
}
