// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "http/metrics.hpp"
#include "http/openapi.hpp"
#include "http/routes.hpp"
#include "http_fixture.hpp"

using namespace imagegallery;

TEST_CASE("The system parameters include limits, and usage for administrators", "[http]") {
  const HttpFixture api{{.limits = {.max_image_bytes = 5000, .max_total_bytes = 9000}}};
  (void)api.upload("acme", "a.png", png());
  const auto own = json_of(api.get("acme", "/api/system/params"));
  CHECK(number_at(own, "maxResourceSize") == 5000);
  CHECK(number_at(own, "maxImageBytes") == 5000);
  CHECK(number_at(own, "maxTotalBytes") == 9000);
  CHECK(number_at(own, "images") == 1);
  CHECK(number_at(own, "bytes") == png().size());
  const auto user = json_of(api.get("acme-user", "/api/system/params"));
  CHECK(number_at(user, "maxResourceSize") == 5000);
  CHECK(user.find("bytes") == nullptr);
  const auto system = json_of(api.get("system", "/api/system/params"));
  CHECK(number_at(system, "maxResourceSize") == 0);
  CHECK(number_at(system, "maxImageBytes") == 50u << 20);
}

TEST_CASE("Setting a tenant's limits replaces all of them and returns those in force", "[http]") {
  const HttpFixture api{{.limits = {.max_image_bytes = 5000, .max_total_bytes = 9000}}};
  const std::string target = "/api/limits/M%C3%BCller%20%2F%20S%C3%B6hne";
  const auto before = json_of(api.get("system", target));
  CHECK(text_at(before, "tenant") == "Müller / Söhne");
  CHECK(number_at(before, "maxImageBytes") == 5000);
  CHECK(at(before, "own/maxImageBytes").is_null());
  CHECK(number_at(before, "bytes") == 0);
  const auto set =
      json_of(api.put_json("system", target, R"({"maxImageBytes":7,"maxTotalBytes":0})"));
  CHECK(number_at(set, "maxImageBytes") == 7);
  CHECK(number_at(set, "own/maxImageBytes") == 7);
  CHECK(number_at(set, "maxTotalBytes") == 0);
  const auto reset = json_of(api.put_json("system", target, R"({"maxTotalBytes":8})"));
  CHECK(number_at(reset, "maxImageBytes") == 5000);
  CHECK(at(reset, "own/maxImageBytes").is_null());
  CHECK(number_at(reset, "own/maxTotalBytes") == 8);
}

TEST_CASE("Limits must be whole numbers of bytes or null", "[http]") {
  const HttpFixture api;
  for (const auto* body : {"", "[]", "7", R"({"maxImageBytes":-1})", R"({"maxImageBytes":1.5})",
                           R"({"maxTotalBytes":"1"})", R"({"maxTotalBytes":true})"}) {
    CAPTURE(body);
    CHECK(api.put_json("system", "/api/limits/acme", body).status == 400);
  }
  CHECK(api.put_json("system", "/api/limits/a%01", "{}").status == 400);
}

TEST_CASE("Metrics are for system administrators, or optionally for everybody", "[http]") {
  HttpOptions options;
  options.public_metrics = true;
  const HttpFixture open{{}, options};
  CHECK(open.get("", "/metrics").status == 200);
  const HttpFixture api;
  (void)api.upload("acme", "a.png", png());
  CHECK(api.get("acme", "/api/images/tenant/none").status == 404);
  CHECK(api.get("", "/api/images/tenant/none").status == 401);
  const auto response = api.get("system", "/metrics");
  CHECK(field_of(response, "Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
  const auto text = body_of(response);
  CHECK_THAT(text, ContainsSubstring("imagegallery_http_responses_total{code=\"200\"} 1\n"));
  CHECK_THAT(text, ContainsSubstring("imagegallery_http_responses_total{code=\"404\"} 1\n"));
  CHECK_THAT(text, ContainsSubstring("imagegallery_http_responses_total{code=\"401\"} 1\n"));
  CHECK_THAT(text, ContainsSubstring("\nimagegallery_uploads_total 1\n"));
}

TEST_CASE("Each metric is described once, before its values", "[http]") {
  HttpCounters counters;
  counters.count(200);
  counters.count(404);
  counters.count(-1);
  counters.count(1000);
  const auto text = metrics_text({}, counters);
  std::set<std::string> described;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = text.find('\n', begin);
    REQUIRE(end != std::string::npos);
    const auto line = text.substr(begin, end - begin);
    begin = end + 1;
    CAPTURE(line);
    if (line.starts_with("# TYPE ")) {
      const auto name = line.substr(7, line.find(' ', 7) - 7);
      CHECK(described.insert(name).second);
    } else if (!line.starts_with("# HELP ")) {
      CHECK(described.count(line.substr(0, line.find_first_of("{ "))) == 1);
    }
  }
}

TEST_CASE("A gallery whose storage responds is healthy", "[http]") {
  const HttpFixture api;
  const auto response = api.get("", "/healthz");
  CHECK(response.status == 200);
  CHECK(text_at(json_of(response), "status") == "ok");
}

TEST_CASE("The OpenAPI description covers exactly the routes", "[http]") {
  const auto description = parse_json(openapi_json("/gallery"));
  CHECK(text_at(description, "openapi") == "3.1.0");
  CHECK(text_at(at(description, "servers").as_array()->at(0), "url") == "/gallery");
  std::set<std::pair<std::string, std::string>> described;
  std::set<std::string> operations;
  for (const auto& [path, methods] : *at(description, "paths").as_object()) {
    for (const auto& [method, operation] : *methods.as_object()) {
      described.emplace(method, path);
      CHECK(operations.insert(text_at(operation, "operationId")).second);
      CHECK_FALSE(text_at(operation, "summary").empty());
      CHECK(operation.find("responses") != nullptr);
    }
  }
  std::set<std::pair<std::string, std::string>> served;
  for (const auto& route : routes()) {
    std::string method{route.method};
    for (auto& c : method) c = static_cast<char>(c | 0x20);
    served.emplace(method, route.pattern);
  }
  CHECK(described == served);
}

TEST_CASE("The OpenAPI description names every path parameter", "[http]") {
  const auto description = parse_json(openapi_json(""));
  for (const auto& [path, methods] : *at(description, "paths").as_object()) {
    for (const auto& [method, operation] : *methods.as_object()) {
      std::string rebuilt;
      for (const auto& parameter : *at(operation, "parameters").as_array()) {
        if (text_at(parameter, "in") != "path") continue;
        CHECK(bool_at(parameter, "required"));
        CHECK(path.find("{" + text_at(parameter, "name") + "}") != std::string::npos);
        rebuilt += "{";
      }
      CAPTURE(path, method);
      CHECK(rebuilt.size() == static_cast<std::size_t>(std::count(path.begin(), path.end(), '{')));
    }
  }
}

TEST_CASE("The OpenAPI description is served with an ETag", "[http]") {
  const HttpFixture api;
  const auto whole = api.get("", "/api/openapi.json");
  CHECK(whole.status == 200);
  CHECK(field_of(whole, "Content-Type") == "application/json");
  CHECK(field_of(whole, "Cache-Control") == "no-cache");
  CHECK(api.get("", "/api/openapi.json", {{"If-None-Match", field_of(whole, "ETag")}}).status ==
        304);
}
