// SPDX-License-Identifier: Apache-2.0
// A public corpus of JSON texts, not part of this repository: IMAGEGALLERY_JSON_CORPUS is the path
// of nst/JSONTestSuite's test_parsing. The first letter of a file's name is what a parser must do:
// accept (y), reject (n), or either (i).
#include "json/json_value.hpp"

#include <imagegallery/bytes.hpp>
#include <imagegallery/error.hpp>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "catch.hpp"

using namespace imagegallery;

namespace {

bool is_json(std::string_view text) {
  try {
    (void)parse_json(text);
    return true;
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::invalid_argument);
    return false;
  }
}

}  // namespace

TEST_CASE("The JSON of a corpus is accepted and rejected as RFC 8259 says", "[corpus]") {
  const char* const corpus = std::getenv("IMAGEGALLERY_JSON_CORPUS");
  if (corpus == nullptr) SKIP("IMAGEGALLERY_JSON_CORPUS is not set");
  for (const auto& entry : std::filesystem::directory_iterator{corpus}) {
    const auto bytes = read_all(*open_file(entry.path()));
    const std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    const auto name = entry.path().filename().string();
    CAPTURE(name);
    // Rejected on purpose: RFC 8259 does not define which of two duplicate names wins.
    const bool has_duplicates = name.starts_with("y_object_duplicated_key");
    if (name[0] == 'y') CHECK(is_json(text) == !has_duplicates);
    if (name[0] == 'n') CHECK_FALSE(is_json(text));
    if (name[0] == 'i') (void)is_json(text);
  }
}
