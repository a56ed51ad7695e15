// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/web.hpp>

#include "catch.hpp"

#include <imagegallery/storage/memory.hpp>

#include "support/error_recorder.hpp"

#include <string>
#include <tuple>
#include <utility>
#include <vector>

using namespace imagegallery;
using namespace std::chrono_literals;

namespace {

struct SteadyClock {
  std::chrono::steady_clock::time_point now{};
};

/// A gallery and a web handler with the tokens "admin" and "user" of the tenant acme.
struct Site {
  explicit Site(WebOptions options = {}) : web(gallery, with_tokens(std::move(options))) {}

  WebOptions with_tokens(WebOptions options) {
    options.authenticate = [this](std::string_view token) -> std::optional<Principal> {
      if (token == revoked) return std::nullopt;
      if (token == "admin") return Principal::tenant_admin("acme", "ann");
      if (token == "user") return Principal::tenant_user("acme");
      return std::nullopt;
    };
    return options;
  }

  GalleryOptions gallery_options() {
    GalleryOptions options;
    options.steady_now = [this] { return clock.now; };
    return options;
  }

  HttpResponse send(std::string method, std::string target, std::vector<HttpField> fields = {},
                    std::string body = {}) const {
    fields.insert(fields.begin(), {"Host", "gallery.example"});
    HttpRequest request{{std::move(method), std::move(target), std::move(fields)}, nullptr};
    if (!body.empty()) request.body = make_source(std::move(body));
    return web.handle(request);
  }

  HttpResponse sign_in(std::string token, std::vector<HttpField> more = {}) const {
    more.push_back({"Content-Type", "application/json"});
    return send("POST", "/api/session", std::move(more), R"({"token":")" + token + "\"}");
  }

  std::string revoked;
  SteadyClock clock;
  ImageGallery gallery{open_memory(), gallery_options()};
  WebHandler web;
};

std::string text(const HttpResponse& response) {
  if (!response.body) return {};
  const Bytes bytes = read_all(*response.body);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The cookie's name and value, as the browser sends them back.
std::string cookie_of(const HttpResponse& response) {
  const std::string field{response.find("Set-Cookie").value_or("")};
  return field.substr(0, field.find(';'));
}

const std::string visitor = R"({"role":"anonymous","tenant":"","user":"","visitor":true})";
const std::string ann = R"({"role":"tenant_admin","tenant":"acme","user":"ann","visitor":false})";

}  // namespace

TEST_CASE("A request without a token is the visitor's", "[web]") {
  const auto response = Site{}.send("GET", "/api/session");
  CHECK(response.status == 200);
  CHECK(text(response) == visitor);
  CHECK(response.find("Cache-Control") == "no-store");
}

TEST_CASE("The host can set the visitor's principal", "[web]") {
  const Site site{{.visitor = Principal::tenant_admin("kiosk", "demo")}};
  CHECK(text(site.send("GET", "/api/session")) ==
        R"({"role":"tenant_admin","tenant":"kiosk","user":"demo","visitor":true})");
  CHECK(site.send("GET", "/api/images?pageSize=10&page=0").status == 200);
}

TEST_CASE("A known token signs in and sets the session cookie", "[web]") {
  const Site site;
  const auto response = site.sign_in("admin");
  CHECK(response.status == 200);
  CHECK(text(response) == ann);
  const auto cookie = cookie_of(response);
  CHECK(cookie.starts_with("imagegallery_session="));
  CHECK(text(site.send("GET", "/api/session", {{"Cookie", cookie}})) == ann);
  CHECK(site.send("GET", "/api/images?pageSize=10&page=0").status == 401);
  CHECK(site.send("GET", "/api/images?pageSize=10&page=0", {{"Cookie", cookie}}).status == 200);
}

TEST_CASE("The session cookie is HttpOnly and SameSite=Strict", "[web]") {
  const std::string plain{*Site{}.sign_in("admin").find("Set-Cookie")};
  CHECK_THAT(plain, ContainsSubstring("; HttpOnly"));
  CHECK_THAT(plain, ContainsSubstring("; SameSite=Strict"));
  CHECK_THAT(plain, ContainsSubstring("; Path=/;"));
  CHECK_THAT(plain, !ContainsSubstring("Secure"));
  const std::string secure{*Site{{.secure_cookie = true}}.sign_in("admin").find("Set-Cookie")};
  CHECK_THAT(secure, ContainsSubstring("; Secure"));
}

TEST_CASE("An unknown token gets a 401 without a cookie", "[web]") {
  const auto response = Site{}.sign_in("guess");
  CHECK(response.status == 401);
  CHECK(response.find("Content-Type") == "application/problem+json");
  CHECK_FALSE(response.find("Set-Cookie"));
  CHECK_THAT(text(response), ContainsSubstring(R"("status":401)"));
}

TEST_CASE("An invalid sign-in request gets a 4xx", "[web]") {
  const Site site;
  const std::vector<HttpField> json{{"Content-Type", "application/json"}};
  CHECK(site.send("POST", "/api/session", json, "{").status == 400);
  CHECK(site.send("POST", "/api/session", json).status == 400);
  CHECK(site.send("POST", "/api/session", json, "{}").status == 400);
  CHECK(site.send("POST", "/api/session", json, R"({"token":1})").status == 400);
  CHECK(site.send("POST", "/api/session", json, std::string(20'000, ' ')).status == 413);
  CHECK(site.send("POST", "/api/session", {}, R"({"token":"admin"})").status == 415);
  CHECK(site.send("POST", "/api/session", {{"Content-Type", "text/plain"}}, "{}").status == 415);
}

TEST_CASE("Signing out ends the session and clears the cookie", "[web]") {
  const Site site;
  const auto cookie = cookie_of(site.sign_in("admin"));
  const auto response = site.send("DELETE", "/api/session", {{"Cookie", cookie}});
  CHECK(response.status == 200);
  CHECK(text(response) == visitor);
  CHECK_THAT(std::string{*response.find("Set-Cookie")}, ContainsSubstring("Max-Age=0"));
  CHECK(text(site.send("GET", "/api/session", {{"Cookie", cookie}})) == visitor);
}

TEST_CASE("Signing in again ends the previous session", "[web]") {
  const Site site;
  const auto first = cookie_of(site.sign_in("admin"));
  const auto second = cookie_of(site.sign_in("user", {{"Cookie", first}}));
  CHECK(first != second);
  CHECK(text(site.send("GET", "/api/session", {{"Cookie", first}})) == visitor);
}

TEST_CASE("A session ends after its idle timeout", "[web]") {
  Site site{{.session_ttl = 5min}};
  const auto cookie = cookie_of(site.sign_in("admin"));
  site.clock.now += 4min;
  CHECK(text(site.send("GET", "/api/session", {{"Cookie", cookie}})) == ann);
  site.clock.now += 5min;
  CHECK(text(site.send("GET", "/api/session", {{"Cookie", cookie}})) == visitor);
}

TEST_CASE("max_sessions limits the number of sessions", "[web]") {
  const Site site{{.max_sessions = 1}};
  const auto first = cookie_of(site.sign_in("admin"));
  const auto second = cookie_of(site.sign_in("admin"));
  CHECK(text(site.send("GET", "/api/session", {{"Cookie", first}})) == visitor);
  CHECK(text(site.send("GET", "/api/session", {{"Cookie", second}})) == ann);
}

TEST_CASE("A session does not outlive its token", "[web]") {
  Site site;
  const auto cookie = cookie_of(site.sign_in("admin"));
  site.revoked = "admin";
  CHECK(text(site.send("GET", "/api/session", {{"Cookie", cookie}})) == visitor);
}

TEST_CASE("A token takes precedence over a cookie, even if it is unknown", "[web]") {
  const Site site{{.visitor = Principal::tenant_admin("kiosk")}};
  const auto cookie = cookie_of(site.sign_in("admin"));
  CHECK_THAT(text(site.send("GET", "/api/session",
                            {{"Cookie", cookie}, {"X-Authorization", "Bearer user"}})),
             ContainsSubstring("tenant_user"));
  CHECK_THAT(text(site.send("GET", "/api/session",
                            {{"Cookie", cookie}, {"Authorization", "Bearer guess"}})),
             ContainsSubstring("anonymous"));
}

TEST_CASE("A cross-site write requires a token", "[web]") {
  const Site site{{.visitor = Principal::tenant_admin("kiosk")}};
  const auto cookie = cookie_of(site.sign_in("admin"));
  const std::vector<std::vector<HttpField>> foreign = {
      {{"Sec-Fetch-Site", "cross-site"}},
      {{"Sec-Fetch-Site", "same-site"}},
      {{"Origin", "https://evil.example"}},
      {{"Origin", "null"}},
  };
  for (auto fields : foreign) {
    CAPTURE(fields.front().value);
    for (const auto* method : {"POST", "PUT", "DELETE"})
      CHECK(site.send(method, "/api/images/tenant/x", fields).status == 403);
    CHECK(site.sign_in("admin", fields).status == 403);
    fields.push_back({"Cookie", cookie});
    CHECK(site.send("DELETE", "/api/images/tenant/x", fields).status == 403);
    CHECK(site.send("GET", "/api/images?pageSize=10&page=0", fields).status == 200);
    fields.push_back({"Authorization", "Bearer admin"});
    CHECK(site.send("DELETE", "/api/images/tenant/x", fields).status == 404);
  }
}

TEST_CASE("A same-origin write is accepted", "[web]") {
  const Site site;
  const auto cookie = cookie_of(site.sign_in("admin"));
  for (const HttpField& own :
       {HttpField{"Sec-Fetch-Site", "same-origin"}, HttpField{"Origin", "http://gallery.example"}})
    CHECK(site.send("DELETE", "/api/images/tenant/x", {{"Cookie", cookie}, own}).status == 404);
}

TEST_CASE("A cross-site write is rejected before its body is read", "[web]") {
  const Site site;
  const HttpRequestHead head{
      "POST", "/api/image", {{"Host", "gallery.example"}, {"Sec-Fetch-Site", "cross-site"}}};
  const auto inspection = site.web.check_head(head);
  REQUIRE(inspection.refusal);
  CHECK(inspection.refusal->status == 403);
}

TEST_CASE("A sign-in may have a small body, other session requests may not", "[web]") {
  const Site site;
  CHECK(site.web.check_head({"POST", "/api/session", {}}).max_body_bytes == 16'384);
  CHECK(site.web.check_head({"DELETE", "/api/session", {}}).max_body_bytes == 0);
}

TEST_CASE("The session path returns its allowed methods", "[web]") {
  const Site site;
  CHECK(site.send("PUT", "/api/session").status == 405);
  CHECK(site.send("OPTIONS", "/api/session").status == 204);
  CHECK(site.send("OPTIONS", "/api/session").find("Allow") == "GET, HEAD, POST, DELETE, OPTIONS");
  const auto head = site.send("HEAD", "/api/session");
  CHECK(head.body == nullptr);
  CHECK(head.find("Content-Length") == std::to_string(visitor.size()));
}

TEST_CASE("The page is at the prefix with a trailing slash", "[web]") {
  const Site root;
  CHECK(root.send("GET", "/").find("Content-Type") == "text/html; charset=utf-8");
  CHECK(root.send("GET", "/?pick").status == 200);

  WebOptions options;
  options.http.prefix = "/gallery";
  const Site mounted{std::move(options)};
  CHECK(mounted.send("GET", "/gallery/").find("Content-Type") == "text/html; charset=utf-8");
  const auto bare = mounted.send("GET", "/gallery?pick");
  CHECK(bare.status == 308);
  CHECK(bare.find("Location") == "/gallery/?pick");
  CHECK(mounted.send("GET", "/gallery?a\r\nb").status == 400);
  CHECK(mounted.send("GET", "/").status == 404);
  CHECK(mounted.send("GET", "/gallerys/").status == 404);
  CHECK(text(mounted.send("GET", "/gallery/api/session")) == visitor);
  CHECK_THAT(std::string{*mounted
                              .send("POST", "/gallery/api/session",
                                    {{"Content-Type", "application/json"}}, R"({"token":"user"})")
                              .find("Set-Cookie")},
             ContainsSubstring("; Path=/gallery;"));
}

TEST_CASE("A path that only begins like the prefix is not the page's", "[web]") {
  WebOptions options;
  options.http.prefix = "/gallery";
  const Site site{std::move(options)};
  REQUIRE(site.send("GET", "/gallery/main.js").status == 200);
  for (const char* path : {"/galleryx", "/gallery.", "/gallerys/", "/gallery-main.js",
                           "/galleryxmain.js", "/gallery%2Fmain.js", "/galler", "/Gallery/"}) {
    CAPTURE(path);
    CHECK(site.send("GET", path).status == 404);
    CHECK(site.send("GET", path + std::string{"?a=/"}).status == 404);
  }
}

TEST_CASE("Every response of the web handler has the security headers", "[web]") {
  WebOptions options;
  options.http.prefix = "/gallery";
  const Site site{std::move(options)};
  const std::vector<HttpResponse> responses = [&] {
    std::vector<HttpResponse> all;
    all.push_back(site.send("GET", "/gallery"));
    all.push_back(site.send("GET", "/gallery?a\nb"));
    all.push_back(site.send("GET", "/gallery/"));
    all.push_back(site.send("GET", "/gallery/main.js"));
    all.push_back(site.send("GET", "/gallery/api/session"));
    all.push_back(site.send("PUT", "/gallery/api/session"));
    all.push_back(site.send("POST", "/gallery/api/session"));
    all.push_back(site.send("DELETE", "/gallery/api/session"));
    all.push_back(site.send("GET", "/elsewhere"));
    all.push_back(
        site.send("DELETE", "/gallery/api/images/tenant/x", {{"Sec-Fetch-Site", "cross-site"}}));
    return all;
  }();
  const std::vector<int> statuses{308, 400, 200, 200, 200, 405, 415, 200, 404, 403};
  REQUIRE(responses.size() == statuses.size());
  for (std::size_t i = 0; i < responses.size(); ++i) {
    CAPTURE(i);
    CHECK(responses[i].status == statuses[i]);
    CHECK(responses[i].find("X-Content-Type-Options") == "nosniff");
    CHECK_THAT(std::string{responses[i].find("Content-Security-Policy").value_or("")},
               ContainsSubstring("default-src 'none'"));
    CHECK(responses[i].find("Referrer-Policy"));
    CHECK(responses[i].find("Cross-Origin-Resource-Policy") == "same-origin");
  }
}

TEST_CASE("Paths that are neither page nor session are handled by the API", "[web]") {
  const Site site;
  CHECK(site.send("GET", "/healthz").status == 200);
  CHECK(site.send("GET", "/no-such-file.js").status == 404);
}

TEST_CASE("An exception from authenticate becomes a 500, which is reported once", "[web]") {
  const ErrorRecorder errors;
  ImageGallery gallery{open_memory(), {.on_error = errors.sink()}};
  WebOptions options;
  options.authenticate = [](std::string_view) -> std::optional<Principal> {
    throw std::runtime_error{"directory is down"};
  };
  const WebHandler web{gallery, std::move(options)};
  const HttpField token{"Authorization", "Bearer x"};
  const HttpField json{"Content-Type", "application/json"};
  for (const auto& [method, target, operation] :
       {std::tuple{"GET", "/api/session", "session"}, std::tuple{"POST", "/api/session", "session"},
        std::tuple{"DELETE", "/api/session", "session"},
        std::tuple{"GET", "/api/images?pageSize=1&page=0", "listImages"}}) {
    CAPTURE(method, target);
    const auto response =
        web.handle({{method, target, {token, json}}, make_source(std::string{R"({"token":"x"})"})});
    CHECK(response.status == 500);
    CHECK_THAT(text(response), !ContainsSubstring("directory"));
    CHECK(errors.only() ==
          RecordedReport{"authenticate", "other", operation, "", "", "directory is down"});
  }
}

TEST_CASE("A failure of the web handler itself is reported", "[web]") {
  const ErrorRecorder errors;
  bool fails = false;
  GalleryOptions gallery_options{.on_error = errors.sink()};
  gallery_options.steady_now = [&] {
    if (fails) throw std::runtime_error{"no clock"};
    return std::chrono::steady_clock::time_point{};
  };
  ImageGallery gallery{open_memory(), std::move(gallery_options)};
  WebOptions options;
  options.authenticate = [](std::string_view) { return Principal::tenant_admin("acme"); };
  const WebHandler web{gallery, std::move(options)};
  fails = true;
  const HttpRequestHead head{"POST", "/api/session", {{"Content-Type", "application/json"}}};
  const auto response = web.handle({head, make_source(std::string{R"({"token":"x"})"})});
  CHECK(response.status == 500);
  CHECK(errors.only() == RecordedReport{"web", "other", "page", "", "", "no clock"});
}

TEST_CASE("A throwing clock is reported, and the page and its errors are still served", "[web]") {
  const ErrorRecorder errors;
  ImageGallery gallery{open_memory(), {.on_error = errors.sink(), .now = []() -> Time {
                                         throw std::runtime_error{"no clock"};
                                       }}};
  const WebHandler web{gallery, {}};
  const HttpRequestHead head{"PATCH", "/api/session", {{"Authorization", "Bearer x"}}};
  CHECK(web.handle({head, nullptr}).status == 405);
  CHECK(errors.only() == RecordedReport{"clock", "other", "now", "", "", "no clock"});
}

TEST_CASE("An error message names the option out of range", "[web]") {
  ImageGallery gallery{open_memory()};
  CHECK_THROWS_WITH((WebHandler{gallery, {.session_ttl = 0min}}), ContainsSubstring("session_ttl"));
  CHECK_THROWS_WITH((WebHandler{gallery, {.max_sessions = 0}}), ContainsSubstring("max_sessions"));
  try {
    WebHandler{gallery, {.max_sessions = 0}};
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::invalid_argument);
  }
}

TEST_CASE("The page and the session are light, and the API keeps its kinds", "[web]") {
  const Site site;
  const auto check = [&](std::string method, std::string target) {
    return site.web.check_head(
        {std::move(method), std::move(target), {{"Authorization", "Bearer admin"}}},
        {.may_read_storage = false});
  };
  CHECK(check("GET", "/").kind == WorkKind::light);
  CHECK(check("GET", "/api/session").kind == WorkKind::light);
  CHECK(check("POST", "/api/session").kind == WorkKind::light);
  const auto list = check("GET", "/api/images");
  CHECK(list.kind == WorkKind::storage);
  CHECK(list.tenant == "acme");
  const auto replacement =
      site.web.check_head({"PUT",
                           "/api/images/tenant/a.png",
                           {{"Authorization", "Bearer admin"}, {"Content-Type", "image/png"}}},
                          {.may_read_storage = false});
  CHECK(replacement.kind == WorkKind::decode);
  CHECK(replacement.needs_storage);
}

TEST_CASE("try_handle serves the page and forwards the API", "[web]") {
  const Site site;
  const auto attempt = [&](HttpRequestHead head) {
    return site.web.try_handle({std::move(head), nullptr});
  };
  CHECK(attempt({"GET", "/api/session", {}}).response.status == 200);
  CHECK(attempt({"GET", "/", {}}).response.status == 200);
  CHECK(attempt({"GET", "/api/images/tenant/none", {{"Authorization", "Bearer admin"}}})
            .response.status == 404);
  CHECK(attempt({"POST",
                 "/api/image",
                 {{"Authorization", "Bearer admin"}, {"Content-Type", "image/png"}}})
            .needs_decode);
  CHECK(attempt({"POST", "/api/image", {{"Origin", "https://evil.example"}, {"Host", "a"}}})
            .response.status == 403);
}
