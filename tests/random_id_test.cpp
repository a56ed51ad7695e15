// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/image.hpp>
#include <imagegallery/random_id.hpp>

#include <set>

#include "catch.hpp"
#include "random_bytes.hpp"

using namespace imagegallery;

TEST_CASE("A new id is a random UUID of version 4", "[id]") {
  std::set<ImageId> ids;
  for (int i = 0; i < 100; ++i) {
    const auto id = ImageId::make();
    const auto text = id.to_string();
    CHECK(text.size() == 36);
    CHECK(text[14] == '4');
    CHECK(std::string{"89ab"}.find(text[19]) != std::string::npos);
    CHECK(ImageId::parse(text) == id);
    ids.insert(id);
  }
  CHECK(ids.size() == 100);
}

TEST_CASE("An id is parsed in upper and lower case, and other text is rejected", "[id]") {
  const std::string text = "01234567-89ab-4cde-8f01-23456789abcd";
  CHECK(ImageId::parse(text)->to_string() == text);
  CHECK(ImageId::parse("01234567-89AB-4CDE-8F01-23456789ABCD")->to_string() == text);
  for (const char* wrong :
       {"", "01234567-89ab-4cde-8f01-23456789abc", "01234567-89ab-4cde-8f01-23456789abcde",
        "0123456789ab-4cde-8f01-23456789abcd-", "01234567-89ab-4cde-8f01-23456789abcg",
        "{1234567-89ab-4cde-8f01-23456789abcd"}) {
    CHECK_FALSE(ImageId::parse(wrong));
  }
  CHECK(ImageId{}.is_nil());
}

TEST_CASE("Random keys are letters and digits, uniformly distributed", "[id]") {
  const auto text = random_alphanumeric(62'000);
  REQUIRE(text.size() == 62'000);
  std::array<int, 256> counts{};
  for (const char c : text) ++counts[static_cast<unsigned char>(c)];
  int kinds = 0;
  for (const int count : counts) {
    if (count == 0) continue;
    ++kinds;
    // Eight standard deviations around 1000.
    CHECK(count > 750);
    CHECK(count < 1250);
  }
  CHECK(kinds == 62);
}
