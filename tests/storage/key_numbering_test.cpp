// SPDX-License-Identifier: Apache-2.0
#include "storage/key_numbering.hpp"

#include <imagegallery/storage_change.hpp>

#include "catch.hpp"

namespace imagegallery {
namespace {

TEST_CASE("A numbered key is parsed into its base and number", "[storage]") {
  for (const std::string key :
       {"pump.jpg", "pump", ".hidden", "a.b.c", "pump_(1).jpg", "_(1)", ""}) {
    for (const std::uint32_t number : {1u, 2u, 9u, 10u, 4294967295u}) {
      CAPTURE(key, number);
      CHECK(parse_numbered_key(numbered_key(key, number)) == NumberedKey{key, number});
    }
  }
}

TEST_CASE("A key that only looks numbered is not parsed", "[storage]") {
  for (const auto* const key :
       {"pump.jpg", "pump_(0).jpg", "pump_(01).jpg", "pump_(-1).jpg", "pump_(+1).jpg",
        "pump_( 1).jpg", "pump_(1)x.jpg", "pump_().jpg", "pump(1).jpg", "pump_(4294967296).jpg",
        "pump_(1", "_(", ")", "", "pump.jp_(1)g"}) {
    CAPTURE(key);
    CHECK(parse_numbered_key(key) == std::nullopt);
  }
}

TEST_CASE("A numbered key that was shortened is not parsed", "[storage]") {
  const std::string fits(242, 'a');
  CHECK(fits_any_number(fits));
  CHECK_FALSE(fits_any_number(fits + 'a'));
  const std::string whole(255, 'a');
  CHECK(parse_numbered_key(numbered_key(whole, 3)) == std::nullopt);
}

}  // namespace
}  // namespace imagegallery
