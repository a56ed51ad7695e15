// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <thread>

#include "http_fixture.hpp"

using namespace imagegallery;

namespace {

HttpOptions with_link_key() {
  HttpOptions options;
  options.link_keys = {std::string(32, 'k')};
  return options;
}

struct Request {
  std::string method;
  std::string path;  ///< Path after the key, and query.
  std::string type;
  std::string body;
};

// Every request for a single image.
std::vector<Request> requests() {
  const std::string json = "application/json";
  return {{"GET", "", "", ""},
          {"HEAD", "", "", ""},
          {"GET", "/preview", "", ""},
          {"GET", "/info", "", ""},
          {"GET", "/export", "", ""},
          {"GET", "/references", "", ""},
          {"PUT", "", "image/png", png()},
          {"PUT", "", "image/png", "no image"},
          {"PUT", "/info", json, R"({"title":"x"})"},
          {"PUT", "/public/true", "", ""},
          {"PUT", "/references/DASHBOARD/1", json, R"({"name":"x"})"},
          {"DELETE", "/references/DASHBOARD/1", "", ""},
          {"POST", "/signed-link", json, R"({"expiresInSeconds":60})"},
          {"DELETE", "", "", ""},
          {"DELETE", "?force=true", "", ""}};
}

struct Answer {
  int status = 0;
  std::vector<HttpField> fields;
  std::string body;

  friend bool operator==(const Answer&, const Answer&) = default;
};

}  // namespace

TEST_CASE("Another tenant's image gets the same response as an absent one", "[http]") {
  const HttpFixture api{{}, with_link_key()};
  const auto image = api.upload("acme", "there.png", png());
  const std::vector<HttpField> conditions{{"Accept", "*/*"},
                                          {"If-None-Match", '"' + text_at(image, "etag") + '"'},
                                          {"If-Match", "*"},
                                          {"If-Match", "\"x\""},
                                          {"Range", "bytes=9999999-"}};
  for (const auto* who : {"globex", "system"}) {
    for (const auto& request : requests()) {
      for (const auto& condition : conditions) {
        CAPTURE(who, request.method, request.path, condition.name, condition.value);
        const auto answer = [&](const std::string& key) {
          std::vector<HttpField> fields{condition};
          if (!request.type.empty()) fields.push_back({"Content-Type", request.type});
          const auto response =
              api.send(who, request.method, "/api/images/tenant/" + key + request.path, fields,
                       request.body);
          return Answer{response.status, response.fields, body_of(response)};
        };
        const auto there = answer("there.png");
        CHECK(there == answer("nowhere.png"));
        CHECK(there.status == 404);
      }
    }
  }
  CHECK(body_of(api.get("acme", "/api/images/tenant/there.png")) == png());
}

TEST_CASE("Counts, lists and outcomes do not reveal another tenant's images", "[http]") {
  const HttpFixture api;
  const auto watched = [&] {
    return body_of(api.get("globex", "/api/images?pageSize=9&page=0&includeSystemImages=true")) +
           body_of(api.get("globex", "/api/system/params")) +
           body_of(api.post_json("globex", "/api/images/delete",
                                 R"([{"scope":"tenant","key":"a.png"}])"));
  };
  const auto before = watched();
  (void)api.upload("acme", "a.png", png());
  CHECK(watched() == before);
  CHECK(api.get("acme", "/api/images/tenant/a.png").status == 200);
}

TEST_CASE("A key that another tenant uses is free, and its content is not revealed", "[http]") {
  const HttpFixture api;
  const auto first = api.upload("acme", "a.png", png());
  const auto second = api.upload("globex", "a.png", png());
  CHECK(text_at(second, "resourceKey") == "a.png");
  CHECK(text_at(second, "id/id") != text_at(first, "id/id"));
  CHECK(text_at(second, "publicResourceKey") != text_at(first, "publicResourceKey"));
}

TEST_CASE("No stale 304 under concurrent replacements and reads", "[http]") {
  const HttpFixture api;
  constexpr int writers = 4;
  constexpr int rounds = 25;
  for (int i = 0; i < writers; ++i) (void)api.upload("acme", std::to_string(i) + ".png", png());
  std::atomic<int> stale{0};
  std::atomic<int> failed{0};
  const auto replace_and_read = [&](int writer) {
    const auto target = "/api/images/tenant/" + std::to_string(writer) + ".png";
    std::string held;
    for (int round = 0; round < rounds; ++round) {
      const auto content = png(20, 10, static_cast<std::uint32_t>(writer * rounds + round + 2));
      const auto put = api.handler.handle(
          {{"PUT", target, {{"Authorization", "acme"}, {"Content-Type", "image/png"}}},
           make_source(content)});
      if (put.status != 200) ++failed;
      // Sends the ETag of the replaced content.
      const auto get = api.handler.handle(
          {{"GET", target, {{"Authorization", "acme"}, {"If-None-Match", held + ", \"x\""}}},
           nullptr});
      if (get.status != 200) ++stale;
      held = std::string{get.find("ETag").value_or("")};
      for (int other = 0; other < writers; ++other) {
        const auto path = "/api/images/tenant/" + std::to_string(other) + ".png";
        (void)api.handler.handle(
            {{"GET", path, {{"Authorization", "acme"}, {"If-None-Match", held}}}, nullptr});
      }
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < writers; ++i) threads.emplace_back(replace_and_read, i);
  for (auto& thread : threads) thread.join();
  CHECK(stale == 0);
  CHECK(failed == 0);
}
