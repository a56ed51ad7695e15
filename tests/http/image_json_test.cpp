// SPDX-License-Identifier: Apache-2.0
#include "http/image_json.hpp"

#include "catch.hpp"

#include <imagegallery/random_id.hpp>

using namespace imagegallery;

TEST_CASE("The system has the UUID that clients expect", "[http]") {
  CHECK(tenant_uuid("") == "13814000-1dd2-11b2-8080-808080808080");
}

TEST_CASE("A tenant's UUID is derived from its name and never changes", "[http]") {
  CHECK(tenant_uuid("acme") == "c163a30a-7189-8b07-a300-92a3a88dc211");
  CHECK(tenant_uuid("acme") != tenant_uuid("globex"));
  const auto uuid = detail::parse_uuid(tenant_uuid("globex"));
  REQUIRE(uuid);
  CHECK((*uuid)[6] >> 4 == 8);
  CHECK((*uuid)[8] >> 6 == 2);
}
