// SPDX-License-Identifier: Apache-2.0
#include "http_fixture.hpp"

using namespace imagegallery;

namespace {

HttpOptions with_keys(std::vector<std::string> keys) {
  HttpOptions options;
  options.link_keys = std::move(keys);
  return options;
}

struct Links : HttpFixture {
  explicit Links(GalleryOptions options = {})
      : HttpFixture(std::move(options), with_keys({std::string(32, 'k')})) {
    image = upload("acme", "a.png", png());
  }

  std::string sign(const std::string& body, std::string_view who = "acme",
                   const std::string& link = "/api/images/tenant/a.png") const {
    const auto response = post_json(who, link + "/signed-link", body);
    REQUIRE(response.status == 200);
    return text_at(json_of(response), "link");
  }

  JsonValue image;
};

}  // namespace

TEST_CASE("A signed link lets anybody read a private image until it expires", "[http]") {
  Links api;
  const auto link = api.sign(R"({"expiresInSeconds":60})");
  const auto response = api.get("", link);
  CHECK(response.status == 200);
  CHECK(body_of(response) == png());
  CHECK(field_of(response, "Cache-Control") == "private, no-cache");
  CHECK(field_of(response, "Cross-Origin-Resource-Policy") == "cross-origin");
  CHECK(field_of(response, "Content-Disposition") == "inline; filename=\"a.png\"");
  api.time += std::chrono::seconds{59};
  CHECK(api.get("", link).status == 200);
  api.time += std::chrono::seconds{1};
  CHECK(api.get("", link).status == 403);
  CHECK(api.get("", link, {{"If-None-Match", "*"}}).status == 403);
}

TEST_CASE("A signed link ends at its expiry time, to the millisecond", "[http]") {
  Links api;
  const auto link = api.sign(R"({"expiresInSeconds":60})");
  const Time expires{std::chrono::milliseconds{1'700'000'060'000}};
  api.time = expires - std::chrono::milliseconds{1};
  CHECK(api.get("", link).status == 200);
  api.time = expires;
  CHECK(api.get("", link).status == 403);
}

TEST_CASE("The response to signing has the link's expiry time", "[http]") {
  const Links api;
  const auto json = json_of(
      api.post_json("acme", "/api/images/tenant/a.png/signed-link", R"({"expiresInSeconds":60})"));
  CHECK(number_at(json, "expires") == 1'700'000'060'000);
}

TEST_CASE("A signed link returns exactly the granted image or preview", "[http]") {
  GalleryOptions options;
  options.presets = {{"preview", 64}, {"card", 128}};
  const Links api{options};
  const auto big = text_of_bytes(make_test_png(300, 300, 1, true));
  (void)api.upload("acme", "b.png", big);
  const std::string target = "/api/images/tenant/b.png";
  const auto etag = [&](const std::string& body) {
    return field_of(api.get("", api.sign(body, "acme", target)), "ETag");
  };
  CHECK(etag(R"({"expiresInSeconds":60})") == field_of(api.get("acme", target), "ETag"));
  CHECK(etag(R"({"expiresInSeconds":60,"variant":"preview"})") ==
        field_of(api.get("acme", target + "/preview"), "ETag"));
  CHECK(etag(R"({"expiresInSeconds":60,"variant":"preview","preset":"card"})") ==
        field_of(api.get("acme", target + "/preview?preset=card"), "ETag"));
}

TEST_CASE("A signed link supports conditional and range requests", "[http]") {
  const Links api;
  const auto link = api.sign(R"({"expiresInSeconds":60})");
  const HttpField held{"If-None-Match", '"' + text_at(api.image, "etag") + '"'};
  CHECK(api.get("", link, {held}).status == 304);
  CHECK(api.get("", link, {{"Range", "bytes=0-3"}}).status == 206);
}

TEST_CASE("A warm ETag cache neither breaks a signed link nor extends it", "[http]") {
  const Links api;
  const std::string target = "/api/images/tenant/a.png";
  const auto link = api.sign(R"({"expiresInSeconds":60})");
  const HttpField held{"If-None-Match", '"' + text_at(api.image, "etag") + '"'};
  const auto warm_up = [&] {
    CHECK(api.get("acme", target).status == 200);
    CHECK(api.get("acme", target, {held}).status == 304);
  };
  warm_up();
  CHECK(api.get("", link, {held}).status == 304);
  CHECK(api.get("", link, {{"If-None-Match", "\"x\""}}).status == 200);
  // The same bytes as another image under the same key.
  REQUIRE(api.send("acme", "DELETE", target).status == 200);
  REQUIRE(text_at(api.upload("acme", "a.png", png()), "etag") == text_at(api.image, "etag"));
  warm_up();
  CHECK(api.get("", link, {held}).status == 404);
  CHECK(api.get("", link).status == 404);
}

TEST_CASE("No max-age outlives its signed link", "[http]") {
  GalleryOptions options;
  options.cache.tenant_browser_ttl = std::chrono::minutes{5};
  Links api{options};
  const auto link = api.sign(R"({"expiresInSeconds":1000})");
  const auto version = "?v=" + text_at(api.image, "etag");
  CHECK(field_of(api.get("", link), "Cache-Control") == "private, max-age=300");
  CHECK(field_of(api.get("", link + version), "Cache-Control") ==
        "private, max-age=999, immutable");
  api.time += std::chrono::seconds{800};
  CHECK(field_of(api.get("", link), "Cache-Control") == "private, max-age=199");
}

TEST_CASE("A signed link does not grant a later image under the same key", "[http]") {
  const Links api;
  const auto link = api.sign(R"({"expiresInSeconds":60})");
  REQUIRE(api.send("acme", "DELETE", "/api/images/tenant/a.png").status == 200);
  CHECK(api.get("", link).status == 404);
  (void)api.upload("acme", "a.png", png(9, 9));
  CHECK(api.get("", link).status == 404);
}

TEST_CASE("Anybody can read a system image by a signed link", "[http]") {
  const Links api;
  (void)api.upload("system", "s.png", png(9, 9));
  const auto link = api.sign(R"({"expiresInSeconds":60})", "acme", "/api/images/system/s.png");
  CHECK(body_of(api.get("", link)) == png(9, 9));
}

TEST_CASE("Removing a link key invalidates its links", "[http]") {
  const Links api;
  const auto link = api.sign(R"({"expiresInSeconds":60})");
  auto gallery_access = [&](std::vector<std::string> keys) {
    HttpFixture other{{}, with_keys(std::move(keys))};
    return other.get("", link).status;
  };
  CHECK(gallery_access({std::string(32, 'n')}) == 403);
  CHECK(gallery_access({std::string(32, 'n'), std::string(32, 'k')}) == 404);
}

TEST_CASE("An invalid token is rejected", "[http]") {
  const Links api;
  const auto link = api.sign(R"({"expiresInSeconds":60})");
  for (const auto& target :
       {link + "A", link.substr(0, link.size() - 1), std::string{"/api/images/signed/x"},
        std::string{"/api/images/signed/%00"}}) {
    CAPTURE(target);
    CHECK(api.get("acme", target).status >= 400);
    CHECK(api.get("acme", target).status <= 403);
  }
}

TEST_CASE("A link can be signed for 1 second to 7 days", "[http]") {
  const Links api;
  for (const auto* body : {"", "{}", R"({"expiresInSeconds":0})", R"({"expiresInSeconds":604801})",
                           R"({"expiresInSeconds":"60"})", R"({"expiresInSeconds":1.5})",
                           R"({"expiresInSeconds":60,"variant":"all"})",
                           R"({"expiresInSeconds":60,"preset":"poster"})"}) {
    CAPTURE(body);
    CHECK(api.post_json("acme", "/api/images/tenant/a.png/signed-link", body).status == 400);
  }
  CHECK_FALSE(api.sign(R"({"expiresInSeconds":604800})").empty());
}

TEST_CASE("Without a link key, signing a link is a 404", "[http]") {
  const HttpFixture api;
  (void)api.upload("acme", "a.png", png());
  CHECK(api.post_json("acme", "/api/images/tenant/a.png/signed-link", R"({"expiresInSeconds":60})")
            .status == 404);
}
