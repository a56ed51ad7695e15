// SPDX-License-Identifier: Apache-2.0
// A public corpus of JSON texts, which is not part of this repository: IMAGEGALLERY_JSON_CORPUS
// names the directory of nst/JSONTestSuite's test_parsing. The first letter of each file tells what
// a parser must do: accept (y), refuse (n), or either (i).
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

TEST_CASE("JSON of a corpus is accepted and refused as RFC 8259 says", "[corpus]") {
  const char* const corpus = std::getenv("IMAGEGALLERY_JSON_CORPUS");
  if (corpus == nullptr) SKIP("IMAGEGALLERY_JSON_CORPUS names no corpus");
  for (const auto& entry : std::filesystem::directory_iterator{corpus}) {
    const auto bytes = read_all(*open_file(entry.path()));
    const std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    const auto name = entry.path().filename().string();
    CAPTURE(name);
    // Refused on purpose: which of two members of one name counts is anybody's guess.
    const bool has_twins = name.starts_with("y_object_duplicated_key");
    if (name[0] == 'y') CHECK(is_json(text) == !has_twins);
    if (name[0] == 'n') CHECK_FALSE(is_json(text));
    if (name[0] == 'i') (void)is_json(text);
  }
}
