// SPDX-License-Identifier: Apache-2.0
#include "http/signed_link.hpp"

#include "catch.hpp"

#include <imagegallery/error.hpp>

#include <bitset>
#include <string>
#include <string_view>

#include "http/sha256.hpp"

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

constexpr std::string_view digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The token of any payload, signed with `new_key`.
std::string token_of(std::string payload) {
  for (const auto byte : hmac_sha256(as_bytes(new_key), as_bytes(payload))) {
    payload += static_cast<char>(byte);
  }
  std::string bits;
  for (const char c : payload) bits += std::bitset<8>(static_cast<unsigned char>(c)).to_string();
  while (bits.size() % 6 != 0) bits += '0';
  std::string token;
  for (std::size_t i = 0; i < bits.size(); i += 6) {
    token += digits[std::bitset<6>(bits.substr(i, 6)).to_ulong()];
  }
  return token;
}

/// Version, variant, expiry and image of a payload, without the texts after them.
std::string fixed_part(char version) {
  std::string bytes(26, '\0');
  bytes[0] = version;
  return bytes;
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

TEST_CASE("Each grant has a single token, whatever the number of unused bits at its end",
          "[http]") {
  const SignedLinks links{{new_key}};
  for (const auto* key : {"a", "ab", "abc"}) {
    CAPTURE(key);
    auto granted = grant();
    granted.key = key;
    const auto token = links.sign(granted);
    CHECK(links.verify(token) == granted);
    for (const char digit : digits) {
      if (digit == token.back()) continue;
      CHECK_FALSE(links.verify(token.substr(0, token.size() - 1) + digit));
    }
  }
}

TEST_CASE("A correctly signed payload of another version or too short is rejected", "[http]") {
  const SignedLinks links{{new_key}};
  const std::string no_texts(2, '\0');
  const auto bare = links.verify(token_of(fixed_part(1) + no_texts + "key"));
  REQUIRE(bare);
  CHECK(bare->key == "key");
  CHECK(bare->tenant.empty());
  CHECK_FALSE(links.verify(token_of(fixed_part(0) + no_texts + "key")));
  CHECK_FALSE(links.verify(token_of(fixed_part(2) + no_texts + "key")));
  CHECK_FALSE(links.verify(token_of("")));
  const std::string whole = fixed_part(1) + "\x02te\x02pr";
  REQUIRE(links.verify(token_of(whole)));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CAPTURE(length);
    CHECK_FALSE(links.verify(token_of(whole.substr(0, length))));
  }
}

TEST_CASE("A key under 32 bytes is rejected", "[http]") {
  const std::vector<std::string> keys{new_key, std::string(31, 's')};
  CHECK_THROWS_AS(SignedLinks{keys}, Error);
  CHECK_NOTHROW(SignedLinks{{std::string(32, 's')}});
  CHECK_NOTHROW(SignedLinks{{std::string(33, 's')}});
}
