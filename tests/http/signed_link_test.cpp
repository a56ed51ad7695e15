// SPDX-License-Identifier: Apache-2.0
#include "http/signed_link.hpp"

#include "catch.hpp"

#include <imagegallery/error.hpp>

#include <string>

using namespace imagegallery;

namespace {

const std::string old_key(32, 'o');
const std::string new_key(40, 'n');

LinkGrant grant() {
  return {.tenant = "acme",
          .key = "насос/7.png",
          .image = {{1, 2, 3}},
          .variant = Variant::preview,
          .preset = "card",
          .expires = std::chrono::sys_seconds{std::chrono::seconds{1'700'000'000}}};
}

}  // namespace

TEST_CASE("A grant round-trips through its token", "[http]") {
  const SignedLinks links{{new_key}};
  CHECK(links.verify(links.sign(grant())) == grant());
  LinkGrant bare;
  bare.key = "a";
  CHECK(links.verify(links.sign(bare)) == bare);
  auto longest = grant();
  longest.tenant.assign(255, 't');
  longest.key.assign(255, 'k');
  CHECK(links.verify(links.sign(longest)) == longest);
}

TEST_CASE("A token has only letters, digits, '-' and '_'", "[http]") {
  const auto token = SignedLinks{{new_key}}.sign(grant());
  CHECK(
      token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
      std::string::npos);
}

TEST_CASE("A token is valid while its key is accepted", "[http]") {
  const auto token = SignedLinks{{old_key}}.sign(grant());
  CHECK(SignedLinks{{new_key, old_key}}.verify(token));
  CHECK_FALSE(SignedLinks{{new_key}}.verify(token));
  CHECK_FALSE(SignedLinks{std::vector<std::string>{}}.verify(token));
}

TEST_CASE("The first key signs", "[http]") {
  const auto token = SignedLinks{{new_key, old_key}}.sign(grant());
  CHECK(SignedLinks{{new_key}}.verify(token));
  CHECK_FALSE(SignedLinks{{old_key}}.verify(token));
}

TEST_CASE("No modified, truncated or extended token is accepted", "[http]") {
  const SignedLinks links{{new_key}};
  const auto token = links.sign(grant());
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CAPTURE(i);
    CHECK_FALSE(links.verify(changed));
    CHECK_FALSE(links.verify(token.substr(0, i)));
  }
  CHECK_FALSE(links.verify(token + "A"));
  CHECK_FALSE(links.verify(token + "="));
  CHECK_FALSE(links.verify("=" + token));
}

TEST_CASE("A key under 32 bytes is rejected", "[http]") {
  const std::vector<std::string> keys{new_key, std::string(31, 's')};
  CHECK_THROWS_AS(SignedLinks{keys}, Error);
}
