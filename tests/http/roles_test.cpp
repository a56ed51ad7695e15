// SPDX-License-Identifier: Apache-2.0
#include "http/routes.hpp"

#include <map>

#include "http_fixture.hpp"

using namespace imagegallery;

namespace {

struct Row {
  std::string method;
  std::string target;
  std::string type;  ///< Content-Type; empty: no body.
  std::string body;
  std::map<std::string, int> status;  ///< By user.
};

std::string form() { return Form{}.file("new.png", png(8, 8)).done(); }

// The status of each route for each role, with a tenant's image `a.png` and the system's `s.png`.
std::vector<Row> rows() {
  const std::string form_type{Form::type};
  const std::string json = "application/json";
  const std::string own = "/api/images/tenant/a.png";
  const std::string system = "/api/images/system/s.png";
  return {
      {"GET",
       "/api/images?pageSize=1&page=0",
       "",
       "",
       {{"", 401}, {"acme-user", 403}, {"acme", 200}, {"globex", 200}, {"system", 200}}},
      {"POST",
       "/api/image",
       form_type,
       form(),
       {{"", 401}, {"acme-user", 403}, {"acme", 200}, {"globex", 200}, {"system", 200}}},
      {"POST",
       "/api/image?fileName=b.png",
       "image/png",
       png(8, 8),
       {{"", 401}, {"acme-user", 403}, {"acme", 200}, {"globex", 200}, {"system", 200}}},
      {"PUT",
       "/api/image/import",
       json,
       R"({"fileName":"a.png"})",
       {{"", 401}, {"acme-user", 403}, {"acme", 400}, {"globex", 400}, {"system", 400}}},
      {"POST",
       "/api/images/delete",
       json,
       "[]",
       {{"", 401}, {"acme-user", 403}, {"acme", 200}, {"globex", 200}, {"system", 200}}},
      {"GET",
       own,
       "",
       "",
       {{"", 401}, {"acme-user", 200}, {"acme", 200}, {"globex", 404}, {"system", 404}}},
      {"GET",
       own + "/preview",
       "",
       "",
       {{"", 401}, {"acme-user", 200}, {"acme", 200}, {"globex", 404}, {"system", 404}}},
      {"GET",
       own + "/info",
       "",
       "",
       {{"", 401}, {"acme-user", 403}, {"acme", 200}, {"globex", 404}, {"system", 404}}},
      {"GET",
       own + "/export",
       "",
       "",
       {{"", 401}, {"acme-user", 403}, {"acme", 200}, {"globex", 404}, {"system", 404}}},
      {"GET",
       own + "/references",
       "",
       "",
       {{"", 401}, {"acme-user", 403}, {"acme", 200}, {"globex", 404}, {"system", 404}}},
      {"PUT",
       own + "/info",
       json,
       R"({"title":"t"})",
       {{"", 401}, {"acme-user", 403}, {"acme", 200}, {"globex", 404}, {"system", 404}}},
      {"PUT",
       own + "/public/false",
       "",
       "",
       {{"", 401}, {"acme-user", 403}, {"acme", 200}, {"globex", 404}, {"system", 404}}},
      {"PUT",
       own,
       form_type,
       form(),
       {{"", 401}, {"acme-user", 403}, {"acme", 200}, {"globex", 404}, {"system", 404}}},
      {"PUT",
       own + "/references/DASHBOARD/1",
       json,
       R"({"name":"d"})",
       {{"", 401}, {"acme-user", 403}, {"acme", 200}, {"globex", 404}, {"system", 404}}},
      {"DELETE",
       own + "/references/DASHBOARD/1",
       "",
       "",
       {{"", 401}, {"acme-user", 403}, {"acme", 204}, {"globex", 404}, {"system", 404}}},
      {"POST",
       own + "/signed-link",
       json,
       R"({"expiresInSeconds":60})",
       {{"", 401}, {"acme-user", 403}, {"acme", 200}, {"globex", 404}, {"system", 404}}},
      {"GET",
       system,
       "",
       "",
       {{"", 401}, {"acme-user", 200}, {"acme", 200}, {"globex", 200}, {"system", 200}}},
      {"GET",
       "/api/images/tenant/s.png",
       "",
       "",
       {{"", 401}, {"acme-user", 404}, {"acme", 404}, {"globex", 404}, {"system", 200}}},
      {"GET",
       system + "/info",
       "",
       "",
       {{"", 401}, {"acme-user", 403}, {"acme", 200}, {"globex", 200}, {"system", 200}}},
      {"GET",
       system + "/export",
       "",
       "",
       {{"", 401}, {"acme-user", 403}, {"acme", 200}, {"globex", 200}, {"system", 200}}},
      {"PUT",
       system + "/info",
       json,
       R"({"title":"t"})",
       {{"", 401}, {"acme-user", 403}, {"acme", 403}, {"globex", 403}, {"system", 200}}},
      {"PUT",
       system + "/public/false",
       "",
       "",
       {{"", 401}, {"acme-user", 403}, {"acme", 403}, {"globex", 403}, {"system", 200}}},
      {"PUT",
       system,
       form_type,
       form(),
       {{"", 401}, {"acme-user", 403}, {"acme", 403}, {"globex", 403}, {"system", 200}}},
      {"PUT",
       system + "/references/DASHBOARD/1",
       json,
       R"({"name":"d"})",
       {{"", 401}, {"acme-user", 403}, {"acme", 200}, {"globex", 200}, {"system", 200}}},
      {"DELETE",
       system + "/references/DASHBOARD/1",
       "",
       "",
       {{"", 401}, {"acme-user", 403}, {"acme", 204}, {"globex", 204}, {"system", 204}}},
      {"GET",
       "/api/images/public/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
       "",
       "",
       {{"", 404}, {"acme-user", 404}, {"acme", 404}, {"globex", 404}, {"system", 404}}},
      {"GET",
       "/api/images/signed/x",
       "",
       "",
       {{"", 403}, {"acme-user", 403}, {"acme", 403}, {"globex", 403}, {"system", 403}}},
      {"GET",
       "/api/system/params",
       "",
       "",
       {{"", 401}, {"acme-user", 200}, {"acme", 200}, {"globex", 200}, {"system", 200}}},
      {"GET",
       "/api/limits/acme",
       "",
       "",
       {{"", 401}, {"acme-user", 403}, {"acme", 403}, {"globex", 403}, {"system", 200}}},
      {"PUT",
       "/api/limits/acme",
       json,
       "{}",
       {{"", 401}, {"acme-user", 403}, {"acme", 403}, {"globex", 403}, {"system", 200}}},
      {"GET",
       "/api/openapi.json",
       "",
       "",
       {{"", 200}, {"acme-user", 200}, {"acme", 200}, {"globex", 200}, {"system", 200}}},
      {"GET",
       "/healthz",
       "",
       "",
       {{"", 200}, {"acme-user", 200}, {"acme", 200}, {"globex", 200}, {"system", 200}}},
      {"GET",
       "/metrics",
       "",
       "",
       {{"", 401}, {"acme-user", 403}, {"acme", 403}, {"globex", 403}, {"system", 200}}},
      {"DELETE",
       system,
       "",
       "",
       {{"", 401}, {"acme-user", 403}, {"acme", 403}, {"globex", 403}, {"system", 200}}},
      {"DELETE",
       own,
       "",
       "",
       {{"", 401}, {"acme-user", 403}, {"acme", 200}, {"globex", 404}, {"system", 404}}},
  };
}

std::vector<std::string> path_segments(const std::string& target) {
  return parse_request_target(target).segments;
}

}  // namespace

TEST_CASE("Each route returns the expected status for each role", "[http]") {
  for (const auto& row : rows()) {
    for (const auto& [who, status] : row.status) {
      HttpOptions options;
      options.link_keys = {std::string(32, 'k')};
      const HttpFixture api{{}, options};
      (void)api.upload("acme", "a.png", png());
      (void)api.upload("system", "s.png", png(10, 10));
      std::vector<HttpField> fields;
      if (!row.type.empty()) fields.push_back({"Content-Type", row.type});
      CAPTURE(row.method, row.target, who);
      const auto response = api.send(who, row.method, row.target, fields, row.body);
      CHECK(response.status == status);
      if (response.status == 401) CHECK(field_of(response, "WWW-Authenticate") == "Bearer");
    }
  }
}

TEST_CASE("The table of roles covers every route", "[http]") {
  for (const auto& route : routes()) {
    bool covered = false;
    for (const auto& row : rows()) {
      const auto match = match_path(path_segments(row.target));
      covered = covered || match.find(row.method) == &route;
    }
    CAPTURE(route.method, route.pattern);
    CHECK(covered);
  }
}

TEST_CASE("Unauthorized requests are refused before their body is read", "[http]") {
  const HttpFixture api;
  for (const auto& row : rows()) {
    for (const auto& [who, status] : row.status) {
      if (status != 401 && status != 403) continue;
      if (row.target.find("/signed/") != std::string::npos) continue;
      HttpRequestHead head{row.method, row.target, {{"Authorization", who}}};
      CAPTURE(row.method, row.target, who);
      const auto inspection = api.handler.check_head(head);
      REQUIRE(inspection.refusal);
      CHECK(inspection.refusal->status == status);
    }
  }
}
