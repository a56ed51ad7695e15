// SPDX-License-Identifier: Apache-2.0
#include "web/request_identity.hpp"

#include "catch.hpp"

#include <string>
#include <vector>

using imagegallery::bearer_token;
using imagegallery::cookie;
using imagegallery::from_another_origin;
using imagegallery::HttpField;
using imagegallery::HttpRequestHead;

namespace {

HttpRequestHead with(std::vector<HttpField> fields) {
  return {.method = "POST", .target = "/", .fields = std::move(fields)};
}

}  // namespace

TEST_CASE("A bearer token comes from Authorization or X-Authorization", "[web]") {
  CHECK(bearer_token(with({{"Authorization", "Bearer abc"}})) == "abc");
  CHECK(bearer_token(with({{"authorization", "bearer   abc "}})) == "abc");
  CHECK(bearer_token(with({{"X-Authorization", "Bearer abc"}})) == "abc");
  CHECK(bearer_token(with({{"X-Authorization", "Bearer b"}, {"Authorization", "Bearer a"}})) ==
        "a");
  CHECK(bearer_token(with({{"Authorization", "Basic x"}, {"X-Authorization", "Bearer b"}})) == "b");
}

TEST_CASE("Other credentials are not a bearer token", "[web]") {
  CHECK_FALSE(bearer_token(with({})));
  CHECK_FALSE(bearer_token(with({{"Authorization", ""}})));
  CHECK_FALSE(bearer_token(with({{"Authorization", "Bearer"}})));
  CHECK_FALSE(bearer_token(with({{"Authorization", "Bearertoken"}})));
  CHECK_FALSE(bearer_token(with({{"Authorization", "Basic Bearer"}})));
}

TEST_CASE("A cookie is found among others, in any Cookie field", "[web]") {
  CHECK(cookie(with({{"Cookie", "id=1"}}), "id") == "1");
  CHECK(cookie(with({{"Cookie", "a=0; id=1; b=2"}}), "id") == "1");
  CHECK(cookie(with({{"cookie", "a=0;id=1"}}), "id") == "1");
  CHECK(cookie(with({{"Cookie", "a=0"}, {"Cookie", "id=x=y"}}), "id") == "x=y");
  CHECK(cookie(with({{"Cookie", "id="}}), "id") == "");
}

TEST_CASE("A cookie name must match exactly", "[web]") {
  CHECK_FALSE(cookie(with({{"Cookie", "xid=1; id2=2; id; ; =; ID=3"}}), "id"));
  CHECK_FALSE(cookie(with({{"Set-Cookie", "id=1"}}), "id"));
  CHECK_FALSE(cookie(with({}), "id"));
}

TEST_CASE("Sec-Fetch-Site or Origin identifies a request from another origin", "[web]") {
  struct Case {
    std::vector<HttpField> fields;
    bool foreign;
  };
  const Case cases[] = {
      {{{"Host", "h"}}, false},
      {{{"Host", "h"}, {"Sec-Fetch-Site", "same-origin"}}, false},
      {{{"Host", "h"}, {"Sec-Fetch-Site", "none"}}, false},
      {{{"Host", "h"}, {"Sec-Fetch-Site", "same-site"}}, true},
      {{{"Host", "h"}, {"Sec-Fetch-Site", "cross-site"}}, true},
      {{{"Host", "h"}, {"Sec-Fetch-Site", "new-value"}}, true},
      {{{"Host", "h"}, {"Origin", "http://h"}}, false},
      {{{"Host", "H:8080"}, {"Origin", "https://h:8080"}}, false},
      {{{"Host", "h:8080"}, {"Origin", "http://h:8081"}}, true},
      {{{"Host", "h"}, {"Origin", "http://evil.example"}}, true},
      {{{"Host", "h"}, {"Origin", "http://evil.example/h"}}, true},
      {{{"Host", "h"}, {"Origin", "null"}}, true},
      {{{"Origin", "http://h"}}, true},
      // A proxy changed Host; Sec-Fetch-Site takes precedence.
      {{{"Host", "inside"}, {"Origin", "http://h"}, {"Sec-Fetch-Site", "same-origin"}}, false},
      {{{"Host", "h"}, {"Origin", "http://h"}, {"Sec-Fetch-Site", "cross-site"}}, true},
  };
  for (const Case& c : cases) {
    std::string shown;
    for (const auto& field : c.fields) shown += field.name + ": " + field.value + "; ";
    CAPTURE(shown);
    CHECK(from_another_origin(with(c.fields)) == c.foreign);
  }
}

TEST_CASE("Only GET, HEAD and OPTIONS are safe", "[web]") {
  for (const auto* method : {"GET", "HEAD", "OPTIONS"}) CHECK(imagegallery::is_safe(method));
  for (const auto* method : {"POST", "PUT", "DELETE", "PATCH", "get", ""})
    CHECK_FALSE(imagegallery::is_safe(method));
}
