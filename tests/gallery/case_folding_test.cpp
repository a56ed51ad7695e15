// SPDX-License-Identifier: Apache-2.0
#include "gallery/case_folding.hpp"

#include "catch.hpp"

using namespace imagegallery;

TEST_CASE("Letters of every script are case-folded", "[case]") {
  CHECK(fold_case("Pump 7 AZaz[`{") == "pump 7 azaz[`{");
  CHECK(fold_case("\xc3\x84\xc3\x96\xc3\x9c\xc3\x89") ==
        "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa9");                   // ÄÖÜÉ
  CHECK(fold_case("\xce\xa3\xcf\x82") == "\xcf\x83\xcf\x83");  // Σς
  CHECK(fold_case("\xd0\x9d\xd0\xb0\xd1\x81\xd0\xbe\xd1\x81") ==
        "\xd0\xbd\xd0\xb0\xd1\x81\xd0\xbe\xd1\x81");  // Насос
  CHECK(fold_case("\xc4\x80\xc4\x81\xc4\x82") ==
        "\xc4\x81\xc4\x81\xc4\x83");                           // ĀāĂ: every other one
  CHECK(fold_case("\xf0\x90\x90\x80") == "\xf0\x90\x90\xa8");  // U+10400, Deseret
}

TEST_CASE("Caseless characters and invalid UTF-8 are unchanged", "[case]") {
  CHECK(fold_case("\xe6\xb3\xb5 7 \xf0\x9f\x98\x80") == "\xe6\xb3\xb5 7 \xf0\x9f\x98\x80");
  CHECK(fold_case("A\xff\xc3") == "a\xff\xc3");
}
