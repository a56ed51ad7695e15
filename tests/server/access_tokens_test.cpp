// SPDX-License-Identifier: Apache-2.0
#include "access_tokens.hpp"

#include "catch.hpp"

#include <stdexcept>
#include <string>

using gallery_server::AccessTokens;
using imagegallery::Principal;

TEST_CASE("A token identifies its principal", "[tokens]") {
  AccessTokens tokens;
  tokens.add("s1=system-admin");
  tokens.add("s2=tenant-admin:acme");
  tokens.add("s3=tenant-user:acme");
  CHECK(tokens.find("s1") == Principal::system_admin());
  CHECK(tokens.find("s2") == Principal::tenant_admin("acme"));
  CHECK(tokens.find("s3") == Principal::tenant_user("acme"));
}

TEST_CASE("A token must match exactly", "[tokens]") {
  AccessTokens tokens;
  tokens.add("secret=system-admin");
  for (const auto* token : {"", "s", "secre", "secrets", "Secret", "secretsecret", "secret "})
    CHECK_FALSE(tokens.find(token));
  CHECK_FALSE(AccessTokens{}.find(""));
  CHECK_FALSE(AccessTokens{}.find("secret"));
}

TEST_CASE("A secret may contain the separators", "[tokens]") {
  AccessTokens tokens;
  tokens.add("YWJj==tenant-admin:a:b=c");
  CHECK(tokens.find("YWJj=") == Principal::tenant_admin("a:b=c"));
}

TEST_CASE("An invalid token specification is rejected without revealing the secret", "[tokens]") {
  AccessTokens tokens;
  tokens.add("taken=system-admin");
  for (const auto* specification :
       {"", "hidden", "hidden=", "hidden=admin", "hidden=tenant-admin",
        "hidden=tenant-admin:", "hidden=SYSTEM-ADMIN", "=system-admin", "=tenant-user:acme",
        "taken=tenant-user:acme", "hidden=tenant-user:a\nb"}) {
    CAPTURE(specification);
    try {
      tokens.add(std::string_view{specification});
      FAIL("accepted");
    } catch (const std::invalid_argument& error) {
      CHECK_THAT(std::string{error.what()}, !ContainsSubstring("hidden"));
    }
  }
}
