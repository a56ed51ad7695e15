// SPDX-License-Identifier: Apache-2.0
// The HTTP interface over sockets, with each HTTP library.
#include "api_client.hpp"
#include "catch.hpp"
#include "server_process.hpp"
#include "support/test_image.hpp"

#include <csignal>
#include <optional>
#include <string>
#include <vector>

namespace {

/// A server with an empty gallery.
struct Gallery {
  explicit Gallery(const std::string& program, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"--database", (directory.path() / "g.db").string(),
                                       "--listen",   "127.0.0.1:0",
                                       "--token",    "system=system-admin",
                                       "--token",    "acme=tenant-admin:acme",
                                       "--token",    "user=tenant-user:acme",
                                       "--token",    "globex=tenant-admin:globex"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    server.emplace(program, arguments);
  }

  ApiClient as(std::string token) const { return {server->port(), std::move(token)}; }

  ScratchDirectory directory;
  std::optional<ServerProcess> server;
};

std::string any_server() { return GENERATE(as<std::string>{}, GALLERY_SERVER, HTTPLIB_ADAPTER); }

std::string png(std::uint32_t seed, std::uint32_t side = 40) {
  return text_of(make_test_png(side, side, seed, true));
}

}  // namespace

TEST_CASE("An uploaded image is listed and downloaded unchanged", "[server]") {
  const Gallery gallery{any_server()};
  auto acme = gallery.as("acme");
  const std::string image = png(1, 400);
  const auto created = acme.upload("pump.png", image);
  REQUIRE(created.status == 200);
  CHECK(json_at(created, {"title"}) == "pump.png");
  CHECK(json_at(created, {"resourceKey"}) == "pump.png");
  CHECK(json_at(created, {"link"}) == "/api/images/tenant/pump.png");
  CHECK(json_at(created, {"descriptor", "mediaType"}) == "image/png");
  CHECK(json_at(created, {"descriptor", "size"}) == std::to_string(image.size()));

  const auto listed = acme.get("/api/images?pageSize=10&page=0");
  CHECK(json_at(listed, {"totalElements"}) == "1");
  CHECK(json_at(listed, {"data", "0", "resourceKey"}) == "pump.png");

  const auto read = acme.get("/api/images/tenant/pump.png");
  CHECK(read.status == 200);
  CHECK(read.field("Content-Type") == "image/png");
  CHECK((read.body == image));
  const auto preview = acme.get("/api/images/tenant/pump.png/preview");
  CHECK(preview.status == 200);
  CHECK(std::to_string(preview.body.size()) ==
        json_at(created, {"descriptor", "previewDescriptor", "size"}));
}

TEST_CASE("A matching If-None-Match gets a 304", "[server]") {
  const Gallery gallery{any_server()};
  auto acme = gallery.as("acme");
  REQUIRE(acme.upload("a.png", png(1)).status == 200);
  const auto first = acme.get("/api/images/tenant/a.png");
  const auto again = acme.get("/api/images/tenant/a.png", {{"If-None-Match", first.field("ETag")}});
  CHECK(again.status == 304);
  CHECK(again.field("ETag") == first.field("ETag"));
  CHECK(acme.get("/api/images/tenant/a.png").status == 200);
}

TEST_CASE("A Range request gets a part of an image", "[server]") {
  const Gallery gallery{any_server()};
  auto acme = gallery.as("acme");
  const std::string image = png(1);
  REQUIRE(acme.upload("a.png", image).status == 200);
  const auto part = acme.get("/api/images/tenant/a.png", {{"Range", "bytes=10-19"}});
  CHECK(part.status == 206);
  CHECK(part.field("Content-Range") == "bytes 10-19/" + std::to_string(image.size()));
  CHECK((part.body == image.substr(10, 10)));
  CHECK((acme.get("/api/images/tenant/a.png", {{"Range", "bytes=-5"}}).body ==
         image.substr(image.size() - 5)));
  const auto past = acme.get("/api/images/tenant/a.png", {{"Range", "bytes=99999999-"}});
  CHECK(past.status == 416);
  CHECK(past.field("Content-Range") == "bytes */" + std::to_string(image.size()));
  // Several ranges get the whole image.
  const auto several = acme.get("/api/images/tenant/a.png", {{"Range", "bytes=0-1,3-4,6-7"}});
  CHECK(several.status == 200);
  CHECK((several.body == image));
}

TEST_CASE("HEAD and OPTIONS respond without a body", "[server]") {
  const Gallery gallery{any_server()};
  auto acme = gallery.as("acme");
  const std::string image = png(1);
  REQUIRE(acme.upload("a.png", image).status == 200);
  const auto head = acme.send("HEAD", "/api/images/tenant/a.png");
  CHECK(head.status == 200);
  CHECK(head.field("Content-Length") == std::to_string(image.size()));
  const auto options = acme.send("OPTIONS", "/api/images/tenant/a.png");
  CHECK(options.status == 204);
  CHECK_THAT(options.field("Allow"), ContainsSubstring("DELETE"));
  CHECK(acme.get("/healthz").status == 200);
}

TEST_CASE("An image is renamed, replaced, published, exported, deleted and imported", "[server]") {
  const Gallery gallery{any_server()};
  auto acme = gallery.as("acme");
  const ApiClient::Fields json{{"Content-Type", "application/json"}};
  REQUIRE(acme.upload("a.png", png(1)).status == 200);

  CHECK(json_at(acme.send("PUT", "/api/images/tenant/a.png/info", json, R"({"title":"New"})"),
                {"title"}) == "New");
  const std::string second = png(2);
  const auto replaced = acme.send("PUT", "/api/images/tenant/a.png", {{"Content-Type", form_type}},
                                  form_of("b.png", second));
  CHECK(json_at(replaced, {"fileName"}) == "b.png");
  CHECK(json_at(replaced, {"title"}) == "New");
  const auto published = acme.send("PUT", "/api/images/tenant/a.png/public/true");
  const std::string public_link = json_at(published, {"publicLink"});
  CHECK((gallery.as("").get(public_link).body == second));

  const auto document = acme.get("/api/images/tenant/a.png/export");
  CHECK(json_at(document, {"resourceKey"}) == "a.png");
  CHECK(json_at(acme.send("DELETE", "/api/images/tenant/a.png"), {"success"}) == "true");
  CHECK(acme.get("/api/images/tenant/a.png").status == 404);
  CHECK(gallery.as("").get(public_link).status == 404);

  const auto imported = acme.send("PUT", "/api/image/import", json, document.body);
  CHECK(imported.status == 200);
  CHECK((acme.get("/api/images/tenant/a.png").body == second));
  CHECK((gallery.as("").get(public_link).body == second));
}

TEST_CASE("Uploads may be raw, chunked or split into pieces of any size", "[server]") {
  const Gallery gallery{any_server()};
  auto acme = gallery.as("acme");
  const std::string image = png(1, 900);
  REQUIRE(image.size() > 1'000'000);
  SECTION("raw") {
    CHECK(acme.send("POST", "/api/image?fileName=raw.png", {{"Content-Type", "image/png"}}, image)
              .status == 200);
    CHECK((acme.get("/api/images/tenant/raw.png").body == image));
  }
  SECTION("chunked") {
    const std::string form = form_of("chunked.png", image);
    acme.raw().send(acme.head("POST", "/api/image",
                              {{"Content-Type", form_type}, {"Transfer-Encoding", "chunked"}}) +
                    "\r\n");
    for (std::size_t at = 0; at < form.size(); at += 99'991)
      acme.raw().send(chunk(std::string_view{form}.substr(at, 99'991)));
    acme.raw().send(chunk(""));
    CHECK(acme.raw().read().status == 200);
    CHECK((acme.get("/api/images/tenant/chunked.png").body == image));
  }
  SECTION("a byte at a time") {
    const std::string form = form_of("small.png", png(2, 8));
    for (const char c :
         acme.head("POST", "/api/image",
                   {{"Content-Type", form_type}, {"Content-Length", std::to_string(form.size())}}) +
             "\r\n" + form)
      acme.raw().send({&c, 1});
    CHECK(acme.raw().read().status == 200);
  }
  SECTION("Expect: 100-continue") {
    const std::string form = form_of("asked.png", image);
    acme.raw().send(acme.head("POST", "/api/image",
                              {{"Content-Type", form_type},
                               {"Content-Length", std::to_string(form.size())},
                               {"Expect", "100-continue"}}) +
                    "\r\n");
    CHECK(acme.raw().read().status == 100);
    acme.raw().send(form);
    CHECK(acme.raw().read().status == 200);
  }
}

TEST_CASE("An image over the limit is rejected with the limit in bytes", "[server]") {
  const Gallery gallery{any_server(), {"--max-image-bytes", "5000"}};
  const std::string image = png(1, 100);
  REQUIRE(image.size() > 5000);
  const auto refused = gallery.as("acme").upload("big.png", image);
  CHECK(refused.status == 413);
  CHECK_THAT(json_at(refused, {"message"}), ContainsSubstring("5000 bytes"));
  CHECK(gallery.as("acme").upload("small.png", png(1, 8)).status == 200);
}

TEST_CASE("An upload that is not an image is rejected", "[server]") {
  const Gallery gallery{any_server()};
  auto acme = gallery.as("acme");
  const auto refused = acme.upload("a.png", "this is text");
  CHECK(refused.status == 415);
  CHECK(json_at(refused, {"status"}) == "415");
  CHECK(acme.send("POST", "/api/image", {{"Content-Type", form_type}}, "no form").status == 400);
}

TEST_CASE("Each role has its permissions", "[server]") {
  const Gallery gallery{any_server()};
  REQUIRE(gallery.as("acme").upload("a.png", png(1)).status == 200);
  const auto* image = "/api/images/tenant/a.png";
  const auto* list = "/api/images?pageSize=10&page=0";
  CHECK(gallery.as("").get(list).status == 401);
  CHECK(gallery.as("wrong").get(list).status == 401);
  CHECK(gallery.as("user").get(list).status == 403);
  CHECK(gallery.as("user").get(image).status == 200);
  CHECK(gallery.as("user").send("DELETE", image).status == 403);
  CHECK(gallery.as("globex").get(image).status == 404);
  CHECK(json_at(gallery.as("globex").get(list), {"totalElements"}) == "0");
  CHECK(gallery.as("acme").get("/api/limits/acme").status == 403);
  CHECK(gallery.as("system").get("/api/limits/acme").status == 200);
}

TEST_CASE("A session cookie is valid from sign-in to sign-out", "[server]") {
  const Gallery gallery{any_server()};
  auto browser = gallery.as("");
  const ApiClient::Fields json{{"Content-Type", "application/json"}};
  CHECK(browser.send("POST", "/api/session", json, R"({"token":"guess"})").status == 401);
  const auto signed_in = browser.send("POST", "/api/session", json, R"({"token":"acme"})");
  CHECK(json_at(signed_in, {"role"}) == "tenant_admin");
  const std::string set_cookie = signed_in.field("Set-Cookie");
  CHECK_THAT(set_cookie, ContainsSubstring("HttpOnly"));
  const ApiClient::Fields cookie{{"Cookie", set_cookie.substr(0, set_cookie.find(';'))}};
  const auto* list = "/api/images?pageSize=10&page=0";
  CHECK(browser.get(list).status == 401);
  CHECK(browser.get(list, cookie).status == 200);
  CHECK(browser.send("DELETE", "/api/session", cookie).status == 200);
  CHECK(browser.get(list, cookie).status == 401);
}

TEST_CASE("A cross-site write with a cookie is rejected", "[server]") {
  const Gallery gallery{any_server()};
  auto browser = gallery.as("");
  const auto signed_in = browser.send(
      "POST", "/api/session", {{"Content-Type", "application/json"}}, R"({"token":"acme"})");
  const std::string set_cookie = signed_in.field("Set-Cookie");
  const std::string cookie = set_cookie.substr(0, set_cookie.find(';'));
  // A rejected body may close the connection, so each upload has its own.
  const auto upload = [&](const std::string& name, const std::string& value) {
    return gallery.as("")
        .send("POST", "/api/image",
              {{"Content-Type", form_type}, {"Cookie", cookie}, {name, value}},
              form_of("a.png", png(1)))
        .status;
  };
  CHECK(upload("Origin", "http://localhost") == 200);
  for (const auto& [name, value] : ApiClient::Fields{{"Origin", "https://evil.example"},
                                                     {"Origin", "null"},
                                                     {"Sec-Fetch-Site", "cross-site"},
                                                     {"Sec-Fetch-Site", "same-site"}}) {
    CAPTURE(name, value);
    CHECK(upload(name, value) == 403);
  }
  const auto listed = gallery.as("").get("/api/images?pageSize=10&page=0", {{"Cookie", cookie}});
  CHECK(json_at(listed, {"totalElements"}) == "1");
}

TEST_CASE("The page's content security policy blocks other origins", "[server]") {
  const Gallery gallery{any_server()};
  const auto page = gallery.as("").get("/");
  CHECK(page.status == 200);
  CHECK(page.field("Content-Type") == "text/html; charset=utf-8");
  CHECK_THAT(page.field("Content-Security-Policy"), ContainsSubstring("default-src 'none'"));
  CHECK(gallery.as("").get("/", {{"If-None-Match", page.field("ETag")}}).status == 304);
}

TEST_CASE("JSON is compressed for clients that accept gzip", "[server]") {
  const Gallery gallery{any_server()};
  auto acme = gallery.as("acme");
  for (std::uint32_t i = 0; i < 10; ++i) REQUIRE(acme.upload("a.png", png(i, 8)).status == 200);
  const auto* list = "/api/images?pageSize=10&page=0";
  const auto plain = acme.get(list);
  const auto gzip = acme.get(list, {{"Accept-Encoding", "gzip"}});
  CHECK(plain.field("Content-Encoding").empty());
  CHECK(gzip.field("Content-Encoding") == "gzip");
  CHECK(gzip.body.size() < plain.body.size());
  CHECK(acme.get(list, {{"Accept-Encoding", "gzip;q=0"}}).field("Content-Encoding").empty());
}

TEST_CASE("A link percent-encodes non-ASCII keys", "[server]") {
  const Gallery gallery{any_server()};
  auto acme = gallery.as("acme");
  const auto created = acme.upload("Pumpe Süd 100%.png", png(1));
  REQUIRE(created.status == 200);
  const std::string link = json_at(created, {"link"});
  CHECK(link == "/api/images/tenant/Pumpe%20S%C3%BCd%20100%25.png");
  CHECK(acme.get(link).status == 200);
}

TEST_CASE("An acknowledged upload survives a restart", "[server]") {
  const std::string program = any_server();
  Gallery gallery{program};
  const std::string image = png(1, 300);
  REQUIRE(gallery.as("acme").upload("a.png", image).status == 200);
  gallery.server->signal(SIGTERM);
  CHECK(gallery.server->wait() == 0);
  gallery.server.emplace(
      program,
      std::vector<std::string>{"--database", (gallery.directory.path() / "g.db").string(),
                               "--listen", "127.0.0.1:0", "--token", "acme=tenant-admin:acme"});
  CHECK((gallery.as("acme").get("/api/images/tenant/a.png").body == image));
}
