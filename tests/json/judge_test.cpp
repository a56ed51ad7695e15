// SPDX-License-Identifier: Apache-2.0
// Checks our parser against simdjson: both must accept the same texts.
#include "json/json_value.hpp"

#include <imagegallery/error.hpp>

#include <simdjson.h>

#include <random>
#include <string>

#include "catch.hpp"

using namespace imagegallery;

namespace {

using Random = std::mt19937;

std::size_t below(Random& random, std::size_t bound) {
  return std::uniform_int_distribution<std::size_t>{0, bound - 1}(random);
}

const char* one_of(Random& random, std::initializer_list<const char*> choices) {
  return choices.begin()[below(random, choices.size())];
}

// A JSON text without duplicate names.
std::string random_json(Random& random, int depth) {
  const auto blank = one_of(random, {"", "", "", " ", "\n\t", "\r "});
  switch (depth == 0 ? below(random, 4) : below(random, 6)) {
    case 0:
      return blank + std::string{one_of(random, {"true", "false", "null"})};
    case 1:
      return blank + std::string{one_of(random, {"0", "-0", "1", "-12.5", "1e5", "2.5E-3", "1e+2",
                                                 "9007199254740993", "123456789012"})};
    case 2:
    case 3:
      return blank +
             std::string{one_of(random, {R"("")", R"("pump")", R"("\u00e9\n\\\"\/")",
                                         R"("\ud83d\ude00")", "\"\xc3\xa9\xf0\x9f\x98\x80\""})};
    case 4: {
      std::string text = blank + std::string{"["};
      const auto count = below(random, 4);
      for (std::size_t i = 0; i < count; ++i) {
        if (i > 0) text += ",";
        text += random_json(random, depth - 1);
      }
      return text + "]";
    }
    default: {
      std::string text = blank + std::string{"{"};
      const auto count = below(random, 4);
      for (std::size_t i = 0; i < count; ++i) {
        if (i > 0) text += ",";
        text += "\"name " + std::to_string(i) + "\":" + random_json(random, depth - 1);
      }
      return text + "}";
    }
  }
}

// Mutates a text at a random place, or leaves it.
void mutate(Random& random, std::string& text) {
  if (text.empty()) return;
  const auto at = below(random, text.size());
  switch (below(random, 5)) {
    case 0:
      text.erase(at, 1);
      break;
    case 1:
      text.insert(at, one_of(random, {"\"", "\\", ",", ":", "[", "]", "{", "}", "0", "e", ".", "-",
                                      "\x01", "\xff", "\xc3", "u", "t"}));
      break;
    case 2:
      text[at] = static_cast<char>(below(random, 256));
      break;
    case 3:
      text.resize(at);
      break;
    default:
      break;
  }
}

bool we_accept(const std::string& text, bool& has_duplicates) {
  try {
    (void)parse_json(text);
    return true;
  } catch (const Error& error) {
    has_duplicates = std::string_view{error.what()}.find("duplicate") != std::string_view::npos;
    return false;
  }
}

bool judge_accepts(simdjson::dom::parser& parser, const std::string& text) {
  simdjson::dom::element element;
  return parser.parse(text).get(element) == simdjson::SUCCESS;
}

}  // namespace

TEST_CASE("The parser accepts the same texts as simdjson", "[json]") {
  Random random{1};
  simdjson::dom::parser parser;
  for (int round = 0; round < 50'000; ++round) {
    auto text = random_json(random, 4);
    const auto mutations = below(random, 3);
    for (std::size_t i = 0; i < mutations; ++i) mutate(random, text);
    CAPTURE(round, text);
    bool has_duplicates = false;
    const bool ours = we_accept(text, has_duplicates);
    // Only our parser rejects duplicate names.
    if (!has_duplicates) REQUIRE(ours == judge_accepts(parser, text));
  }
}
