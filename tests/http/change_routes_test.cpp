// SPDX-License-Identifier: Apache-2.0
#include <functional>

#include "failing_gallery.hpp"
#include "http_fixture.hpp"

using namespace imagegallery;

namespace {

const std::string own_path = "/api/images/tenant/a.png";

struct OneImage : HttpFixture {
  OneImage() { image = upload("acme", "a.png", png()); }

  HttpResponse rename(const std::string& title, std::vector<HttpField> conditions = {}) const {
    return put_json("acme", own_path + "/info", "{\"title\":\"" + title + "\"}",
                    std::move(conditions));
  }
  HttpResponse info(std::vector<HttpField> fields = {}) const {
    return get("acme", own_path + "/info", std::move(fields));
  }
  HttpResponse attach(std::string_view who, const std::string& path,
                      const std::string& name) const {
    return put_json(who, own_path + "/references/" + path, "{\"name\":\"" + name + "\"}");
  }

  JsonValue image;
};

std::string error_of(const HttpResponse& response) { return text_at(json_of(response), "message"); }

std::string quoted(const std::string& text) { return '"' + text + '"'; }

}  // namespace

TEST_CASE("The ETag of the metadata changes with the revision", "[http]") {
  const OneImage api;
  const auto etag = field_of(api.info(), "ETag");
  CHECK(etag == quoted(text_at(api.image, "id/id") + "-" +
                       std::to_string(number_at(api.image, "revision"))));
  CHECK(api.info({{"If-None-Match", etag}}).status == 304);
  REQUIRE(api.rename("b").status == 200);
  CHECK(api.info({{"If-None-Match", etag}}).status == 200);
  CHECK(field_of(api.info(), "ETag") != etag);
}

TEST_CASE("A change is applied only if its precondition holds", "[http]") {
  OneImage api;
  const auto etag = field_of(api.info(), "ETag");
  CHECK(api.rename("b", {{"If-Match", "\"x\""}}).status == 412);
  CHECK(api.rename("b", {{"If-Match", "W/" + etag}}).status == 412);
  CHECK(api.rename("b", {{"If-None-Match", "*"}}).status == 412);
  CHECK(text_at(json_of(api.info()), "title") == "a.png");
  CHECK(api.rename("b", {{"If-Match", etag}}).status == 200);
  CHECK(api.rename("c", {{"If-Match", etag}}).status == 412);
  CHECK(text_at(json_of(api.info()), "title") == "b");
  CHECK(api.rename("c", {{"If-Match", "*"}}).status == 200);
}

TEST_CASE("Every change accepts the ETag of the bytes or of the record", "[http]") {
  const auto record = [](const HttpFixture& api) {
    return field_of(api.get("acme", own_path + "/info"), "ETag");
  };
  const auto bytes = [](const HttpFixture& api) {
    return field_of(api.get("acme", own_path), "ETag");
  };
  const auto gzipped = [](const HttpFixture& api) {
    return field_of(api.get("acme", own_path + "/info", {{"Accept-Encoding", "gzip"}}), "ETag");
  };
  using Tag = std::function<std::string(const HttpFixture&)>;
  for (const auto& tag : std::vector<Tag>{record, bytes, gzipped}) {
    const OneImage api;
    const auto condition = [&] { return std::vector<HttpField>{{"If-Match", tag(api)}}; };
    CHECK(api.rename("b", condition()).status == 200);
    CHECK(api.send("acme", "PUT", own_path + "/public/true", condition()).status == 200);
    CHECK(api.send_form("acme", Form{}.file("b.png", png(9, 9)), "PUT", own_path, condition())
              .status == 200);
    CHECK(api.send("acme", "DELETE", own_path, {{"If-Match", "\"x\""}}).status == 412);
    CHECK(api.send("acme", "DELETE", own_path, condition()).status == 200);
  }
}

TEST_CASE("A change can be conditional on a date", "[http]") {
  OneImage api;
  api.time += std::chrono::seconds{5};
  const auto date = field_of(api.info(), "Last-Modified");
  CHECK(api.rename("b", {{"If-Unmodified-Since", date}}).status == 200);
  CHECK(api.rename("c", {{"If-Unmodified-Since", date}}).status == 412);
  CHECK(api.rename("c", {{"If-Unmodified-Since", "soon"}}).status == 200);
}

TEST_CASE("A change without a precondition is repeated if another one came first", "[http]") {
  const FailingHttpGallery api;
  REQUIRE(api.upload("a.png").status == 200);
  int commits = 0;
  api.faults->before = [&](std::string_view call) {
    if (call == "commit" && ++commits == 1) throw Error{ErrorCode::conflict, "changed"};
  };
  CHECK(api.send("PUT", own_path, png(20, 10, 2)).status == 200);
  CHECK(commits == 2);
}

TEST_CASE("A precondition does not reveal an invisible image", "[http]") {
  const OneImage api;
  for (const auto* tag : {"*", "\"x\""}) {
    for (const auto* name : {"If-Match", "If-None-Match"}) {
      CAPTURE(name, tag);
      CHECK(api.put_json("globex", own_path + "/info", R"({"title":"x"})", {{name, tag}}).status ==
            404);
      CHECK(api.send("globex", "DELETE", own_path, {{name, tag}}).status == 404);
      CHECK(api.send("acme-user", "DELETE", own_path, {{name, tag}}).status == 403);
      CHECK(api.send("acme", "DELETE", "/api/images/system/a.png", {{name, tag}}).status == 403);
    }
  }
}

TEST_CASE("A title must be a non-empty text", "[http]") {
  const OneImage api;
  CHECK_THAT(error_of(api.put_json("acme", own_path + "/info", "{}")), ContainsSubstring("title"));
  for (const auto* body : {"{}", "[]", "{\"title\":7}", "{\"title\":null}", "{\"title\":\"\"}",
                           "{\"title\":\"a\\u0000\"}", "{\"title\":\"a\",\"title\":\"b\"}", "{", "",
                           "{\"title\":\"a\"} x"}) {
    CAPTURE(body);
    CHECK(api.put_json("acme", own_path + "/info", body).status == 400);
  }
  CHECK(
      api.send("acme", "PUT", own_path + "/info", {{"Content-Type", "text/plain"}}, "{}").status ==
      415);
}

TEST_CASE("isPublic must be true or false", "[http]") {
  const OneImage api;
  CHECK(api.send("acme", "PUT", own_path + "/public/perhaps").status == 400);
  CHECK(api.send("acme", "PUT", own_path + "/public/TRUE").status == 200);
}

TEST_CASE("An image in use is removed only with force, and the error lists its uses", "[http]") {
  const OneImage api;
  CHECK(api.attach("acme", "DASHBOARD/d1", "North hall").status == 200);
  CHECK(api.attach("acme", "DASHBOARD/d2", "South hall").status == 200);
  CHECK(api.attach("acme", "DEVICE_PROFILE/p1", "Pumps").status == 200);
  CHECK(api.attach("acme", "DASHBOARD/d1", "North wing").status == 200);

  const auto refused = api.send("acme", "DELETE", own_path);
  CHECK(refused.status == 400);
  const auto outcome = json_of(refused);
  CHECK_FALSE(bool_at(outcome, "success"));
  const auto* const dashboards = at(outcome, "references/DASHBOARD").as_array();
  REQUIRE(dashboards != nullptr);
  REQUIRE(dashboards->size() == 2);
  CHECK(text_at(dashboards->at(0), "id/entityType") == "DASHBOARD");
  CHECK(text_at(dashboards->at(0), "id/id") == "d1");
  CHECK(text_at(dashboards->at(0), "name") == "North wing");
  CHECK(text_at(dashboards->at(0), "tenant") == "acme");
  CHECK(at(outcome, "references/DEVICE_PROFILE").as_array()->size() == 1);
  CHECK(api.get("acme", own_path).status == 200);

  const auto forced = api.send("acme", "DELETE", own_path + "?force=true");
  CHECK(forced.status == 200);
  CHECK(bool_at(json_of(forced), "success"));
  CHECK(api.get("acme", own_path).status == 404);
}

TEST_CASE("References can be attached, listed and detached", "[http]") {
  const OneImage api;
  const auto references = [&](const char* who) {
    return body_of(api.get(who, own_path + "/references"));
  };
  CHECK(references("acme") == R"({"references":{}})");
  CHECK(api.attach("acme", "DASHBOARD/a%2Fb", "Pumps").status == 200);
  CHECK(references("acme") ==
        R"({"references":{"DASHBOARD":[{"id":{"entityType":"DASHBOARD","id":"a/b"},)"
        R"("name":"Pumps","tenant":"acme"}]}})");
  CHECK(api.send("acme", "DELETE", own_path + "/references/DASHBOARD/a%2Fb").status == 204);
  CHECK(api.send("acme", "DELETE", own_path + "/references/DASHBOARD/a%2Fb").status == 204);
  CHECK(references("acme") == R"({"references":{}})");
  CHECK(api.send("acme", "DELETE", own_path).status == 200);
}

TEST_CASE("The name of a reference is optional", "[http]") {
  const OneImage api;
  CHECK(api.send("acme", "PUT", own_path + "/references/DASHBOARD/1").status == 200);
  CHECK(api.put_json("acme", own_path + "/references/DASHBOARD/1", "[]").status == 400);
  CHECK(api.put_json("acme", own_path + "/references/DASHBOARD/1", R"({"name":7})").status == 400);
}

TEST_CASE("A tenant sees its own references to a system image, the system administrator all",
          "[http]") {
  const HttpFixture api;
  (void)api.upload("system", "s.png", png());
  const std::string target = "/api/images/system/s.png";
  for (const auto* who : {"acme", "globex"}) {
    REQUIRE(api.put_json(who, target + "/references/DASHBOARD/1", R"({"name":"d"})").status == 200);
  }
  const auto count = [&](const char* who) {
    const auto json = json_of(api.get(who, target + "/references"));
    return at(json, "references/DASHBOARD").as_array()->size();
  };
  CHECK(count("acme") == 1);
  CHECK(count("globex") == 1);
  CHECK(count("system") == 2);
  const auto refused = api.send("system", "DELETE", target);
  CHECK(refused.status == 400);
  CHECK(at(json_of(refused), "references/DASHBOARD").as_array()->size() == 2);
}

TEST_CASE("A bulk removal returns the outcome of each image", "[http]") {
  const OneImage api;
  (void)api.upload("acme", "b.png", png(9, 9));
  (void)api.upload("system", "s.png", png(8, 8));
  REQUIRE(api.attach("acme", "DASHBOARD/1", "d").status == 200);
  const std::string body = R"([{"scope":"tenant","key":"a.png"},{"scope":"tenant","key":"b.png"},)"
                           R"({"scope":"tenant","key":"none"},{"scope":"system","key":"s.png"}])";
  const auto response = api.post_json("acme", "/api/images/delete", body);
  REQUIRE(response.status == 200);
  const auto json = json_of(response);
  const auto& results = *at(json, "results").as_array();
  REQUIRE(results.size() == 4);
  CHECK(text_at(results[0], "scope") == "tenant");
  CHECK(text_at(results[0], "key") == "a.png");
  CHECK_FALSE(bool_at(results[0], "success"));
  CHECK(at(results[0], "references/DASHBOARD").as_array()->size() == 1);
  CHECK(bool_at(results[1], "success"));
  CHECK(results[1].find("error") == nullptr);
  CHECK(results[1].find("references") == nullptr);
  CHECK_FALSE(bool_at(results[2], "success"));
  CHECK(text_at(results[2], "error") == "Requested item wasn't found!");
  CHECK(number_at(results[2], "status") == 404);
  CHECK(number_at(results[3], "status") == 403);

  const auto forced = json_of(
      api.post_json("acme", "/api/images/delete?force", R"([{"scope":"tenant","key":"a.png"}])"));
  CHECK(bool_at(at(forced, "results").as_array()->at(0), "success"));
}

TEST_CASE("A bulk removal requires a list of scopes and keys", "[http]") {
  const HttpFixture api;
  for (const auto* body : {"", "{}", "[1]", "[{}]", R"([{"scope":"tenant"}])", R"([{"key":"a"}])",
                           R"([{"scope":"everybody","key":"a"}])", R"([{"scope":1,"key":"a"}])"}) {
    CAPTURE(body);
    CHECK(api.post_json("acme", "/api/images/delete", body).status == 400);
  }
}

TEST_CASE("force must be true or false", "[http]") {
  const OneImage api;
  CHECK(api.send("acme", "DELETE", own_path + "?force=perhaps").status == 400);
  CHECK(api.send("acme", "DELETE", own_path + "?force=false").status == 200);
}

TEST_CASE("scope must be tenant or system", "[http]") {
  const OneImage api;
  for (const auto* path : {"/api/images/everybody/a.png", "/api/images/TENANT/a.png",
                           "/api/images/everybody/a.png/info", "/api/images/public/a.png/info"}) {
    CAPTURE(path);
    CHECK(api.get("acme", path).status == 400);
  }
}

TEST_CASE("An import resolves conflicts as onConflict says", "[http]") {
  const OneImage api;
  const auto document = body_of(api.get("acme", own_path + "/export"));
  REQUIRE(api.send_form("acme", Form{}.file("a.png", png(9, 9)), "PUT", own_path).status == 200);
  const auto import = [&](const std::string& rule) {
    return api.put_json("acme", "/api/image/import" + rule, document);
  };
  CHECK(import("?onConflict=refuse").status == 409);
  CHECK(number_at(json_of(import("?onConflict=refuse")), "errorCode") == 35);
  CHECK(text_at(json_of(import("")), "resourceKey") == "a_(1).png");
  CHECK(text_at(json_of(import("?onConflict=keep_both")), "resourceKey") == "a_(2).png");
  CHECK(body_of(api.get("acme", own_path)) == png(9, 9));
  CHECK(text_at(json_of(import("?onConflict=replace")), "resourceKey") == "a.png");
  CHECK(body_of(api.get("acme", own_path)) == png());
  CHECK(import("?onConflict=refuse").status == 200);
  CHECK(import("?onConflict=overwrite").status == 400);
}

TEST_CASE("No stale 304 after an import has replaced the image", "[http]") {
  const OneImage api;
  const auto document = body_of(api.get("acme", own_path + "/export"));
  REQUIRE(api.send_form("acme", Form{}.file("a.png", png(9, 9)), "PUT", own_path).status == 200);
  const HttpField held{"If-None-Match", field_of(api.get("acme", own_path), "ETag")};
  CHECK(api.get("acme", own_path, {held}).status == 304);
  REQUIRE(api.put_json("acme", "/api/image/import?onConflict=replace", document).status == 200);
  CHECK(api.get("acme", own_path, {held}).status == 200);
}

TEST_CASE("The error of a rejected import names the field", "[http]") {
  const HttpFixture api;
  const std::vector<std::pair<std::string, std::string>> rows{
      {"{}", "data"},
      {R"({"data":"AAAA"})", "resourceKey"},
      {R"({"fileName":"a.png","data":"!"})", "data"},
      {R"({"fileName":"a.png","data":"AAAA","data":"AAAA"})", "data"},
      {R"({"fileName":7,"data":"AAAA"})", "fileName"},
  };
  for (const auto& [document, reason] : rows) {
    CAPTURE(document);
    const auto response = api.put_json("acme", "/api/image/import", document);
    CHECK(response.status == 400);
    CHECK_THAT(error_of(response), ContainsSubstring(reason));
  }
  CHECK(api.put_json("acme", "/api/image/import", R"({"fileName":"a.png","data":"AAAA"})").status ==
        415);
}
