// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/http.hpp>

#include <new>
#include <set>
#include <stdexcept>

#include "http/problem.hpp"
#include "http/routes.hpp"
#include "http_fixture.hpp"

using namespace imagegallery;

namespace {

// Fails on the first read, like damaged or unreachable bytes.
class FailingSource final : public ByteSource {
 public:
  explicit FailingSource(std::function<void()> fail) : fail_(std::move(fail)) {}
  std::uint64_t size() const override { return 100; }
  std::size_t read_at(std::uint64_t, std::span<std::byte>) const override {
    fail_();
    return 0;
  }

 private:
  const std::function<void()> fail_;
};

HttpResponse upload_failing(const HttpFixture& api, std::function<void()> fail) {
  const HttpRequestHead head{"POST",
                             "/api/image?fileName=a.png",
                             {{"Content-Type", "image/png"}, {"Authorization", "acme"}}};
  return api.handler.handle({head, std::make_shared<FailingSource>(std::move(fail))});
}

}  // namespace

TEST_CASE("Every error is a problem document that existing clients can read", "[http]") {
  const HttpFixture api;
  const auto response = api.get("acme", "/api/images/tenant/none");
  CHECK(response.status == 404);
  CHECK(field_of(response, "Content-Type") == "application/problem+json");
  CHECK(field_of(response, "Cache-Control") == "no-store");
  CHECK(field_of(response, "X-Content-Type-Options") == "nosniff");
  const auto problem = json_of(response);
  CHECK(text_at(problem, "type") == "about:blank");
  CHECK(text_at(problem, "title") == "Not Found");
  CHECK(number_at(problem, "status") == 404);
  CHECK(text_at(problem, "message") == "Requested item wasn't found!");
  CHECK(text_at(problem, "message") == text_at(problem, "detail"));
  CHECK(number_at(problem, "errorCode") == 32);
  CHECK(number_at(problem, "timestamp") == 1'700'000'000'500);
}

TEST_CASE("Each error code has its status and errorCode", "[http]") {
  struct Row {
    ErrorCode code;
    int status;
    std::uint64_t number;
  };
  for (const auto& row : std::vector<Row>{{ErrorCode::invalid_argument, 400, 31},
                                          {ErrorCode::permission_denied, 403, 20},
                                          {ErrorCode::not_found, 404, 32},
                                          {ErrorCode::conflict, 409, 35},
                                          {ErrorCode::limit_exceeded, 413, 31},
                                          {ErrorCode::unsupported_format, 415, 31},
                                          {ErrorCode::broken_image, 422, 31},
                                          {ErrorCode::busy, 503, 33},
                                          {ErrorCode::read_only, 503, 33},
                                          {ErrorCode::storage_full, 507, 2},
                                          {ErrorCode::storage_failure, 500, 2},
                                          {ErrorCode::corrupt_data, 500, 2}}) {
    CAPTURE(to_string(row.code));
    const HttpFixture api;
    const auto response = upload_failing(api, [&] {
      throw Error{row.code, "message", row.code == ErrorCode::busy};
    });
    CHECK(response.status == row.status);
    CHECK(number_at(json_of(response), "errorCode") == row.number);
  }
}

TEST_CASE("Retryable errors have a Retry-After", "[http]") {
  const HttpFixture api;
  for (const auto code : {ErrorCode::busy, ErrorCode::storage_failure}) {
    const auto response = upload_failing(api, [&] { throw Error{code, "locked", true}; });
    CHECK(response.status == 503);
    CHECK(field_of(response, "Retry-After") == "1");
  }
}

TEST_CASE("Error responses do not expose internals", "[http]") {
  const HttpFixture api;
  const std::string secret = "/var/lib/gallery.db: I/O error";
  for (const auto& fail : std::vector<std::function<void()>>{
           [&] {
             throw Error{ErrorCode::storage_failure, secret};
           },
           [&] {
             throw Error{ErrorCode::corrupt_data, secret};
           },
           [&] {
             throw Error{ErrorCode::storage_full, secret};
           },
           [&] {
             throw Error{ErrorCode::read_only, secret};
           },
           [&] {
             throw Error{ErrorCode::busy, secret}.with_native(5, 0);
           },
           [&] {
             throw Error{ErrorCode::not_found, secret};
           },
           [&] { throw std::runtime_error{secret}; }, [&] { throw secret; }}) {
    const auto response = upload_failing(api, fail);
    CHECK(body_of(response).find("gallery.db") == std::string::npos);
  }
}

TEST_CASE("Out of memory is a 503, any unknown exception a 500", "[http]") {
  const HttpFixture api;
  CHECK(upload_failing(api, [] { throw std::bad_alloc{}; }).status == 503);
  CHECK(upload_failing(api, [] { throw 42; }).status == 500);
}

TEST_CASE("Any exception of the host's authentication is a 500", "[http]") {
  ImageGallery gallery{open_memory()};
  for (const auto& fail : std::vector<std::function<void()>>{
           [] {
             throw Error{ErrorCode::not_found, "no such user"};
           },
           [] { throw std::runtime_error{"down"}; }, [] { throw 1; }}) {
    HttpOptions options;
    options.authenticate = [&](const HttpRequestHead&) -> Principal {
      fail();
      return Principal::anonymous();
    };
    const HttpHandler handler{gallery, options};
    const HttpRequestHead head{"GET", "/api/system/params", {}};
    CHECK(handler.handle({head, nullptr}).status == 500);
    const auto inspection = handler.check_head(head);
    REQUIRE(inspection.refusal);
    CHECK(inspection.refusal->status == 500);
  }
}

TEST_CASE("Without authentication everybody is anonymous", "[http]") {
  ImageGallery gallery{open_memory()};
  const HttpHandler handler{gallery, {}};
  CHECK(handler.handle({{"GET", "/api/images/tenant/a", {}}, nullptr}).status == 401);
  CHECK(handler.handle({{"GET", "/healthz", {}}, nullptr}).status == 200);
}

TEST_CASE("Errors of invalid options name the option", "[http]") {
  ImageGallery gallery{open_memory()};
  const auto refusal = [&](const HttpOptions& options) -> std::string {
    try {
      const HttpHandler handler{gallery, options};
      return "";
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::invalid_argument);
      return error.what();
    }
  };
  for (const auto* prefix : {"gallery", "/", "/gallery/", "/a b", "/a?b", "/%41"}) {
    CAPTURE(prefix);
    HttpOptions options;
    options.prefix = prefix;
    CHECK_THAT(refusal(options), ContainsSubstring("prefix"));
  }
  for (const std::uint32_t size : {0u, 1001u}) {
    HttpOptions options;
    options.max_page_size = size;
    CHECK_THAT(refusal(options), ContainsSubstring("max_page_size"));
  }
  HttpOptions options;
  options.link_keys = {"short"};
  CHECK_THAT(refusal(options), ContainsSubstring("link_keys"));
}

TEST_CASE("With a prefix, all routes and links have it", "[http]") {
  HttpOptions options;
  options.prefix = "/my/gallery";
  const HttpFixture api{{}, options};
  CHECK(api.send_form("acme", Form{}.file("a.png", png())).status == 404);
  const auto response = api.send_form("acme", Form{}.file("a.png", png()).text("public", "true"),
                                      "POST", "/my/gallery/api/image");
  REQUIRE(response.status == 200);
  const auto image = json_of(response);
  CHECK(text_at(image, "link") == "/my/gallery/api/images/tenant/a.png");
  CHECK(api.get("acme", text_at(image, "link")).status == 200);
  CHECK(api.get("", text_at(image, "publicLink")).status == 200);
  CHECK(text_at(json_of(api.get("acme", text_at(image, "link") + "/export")), "link") ==
        text_at(image, "link"));
  CHECK(api.get("acme", "/my/galleryapi/images?pageSize=1&page=0").status == 404);
  CHECK(api.get("acme", "/my/gallery").status == 404);
  CHECK(api.get("", "/my/gallery/healthz").status == 200);
}

TEST_CASE("Unknown paths are 404, unknown methods are 405 with Allow", "[http]") {
  const HttpFixture api;
  for (const auto* path : {"/", "/api", "/api/", "/api/images/", "/api/images/tenant/",
                           "/api/images//a.png", "/api/images/tenant/a.png/", "//healthz",
                           "/healthz/", "/API/images", "/api/images/tenant/a/nothing"}) {
    CAPTURE(path);
    CHECK(api.get("acme", path).status == 404);
  }
  const auto response = api.send("acme", "PATCH", "/api/images/tenant/a.png");
  CHECK(response.status == 405);
  CHECK(field_of(response, "Allow") == "GET, HEAD, PUT, DELETE, OPTIONS");
  CHECK(api.send("", "DELETE", "/healthz").status == 405);
  CHECK(api.send("acme", "get", "/healthz").status == 405);
  CHECK(api.send("acme", "", "/healthz").status == 400);
  CHECK(api.send("acme", "GE T", "/healthz").status == 400);
}

TEST_CASE("OPTIONS returns the methods of each path to anybody", "[http]") {
  const HttpFixture api;
  const auto allow = [&](const char* target) {
    const auto response = api.send("", "OPTIONS", target);
    CHECK(response.status == 204);
    CHECK(response.body == nullptr);
    CHECK_FALSE(response.find("Content-Length"));
    return field_of(response, "Allow");
  };
  CHECK(allow("/api/images") == "GET, HEAD, OPTIONS");
  CHECK(allow("/api/image") == "POST, OPTIONS");
  CHECK(allow("/api/images/public/x") == "GET, HEAD, OPTIONS");
  CHECK(allow("/api/images/tenant/x/references/A/b") == "PUT, DELETE, OPTIONS");
  CHECK(allow("*") == "GET, HEAD, POST, PUT, DELETE, OPTIONS");
  CHECK(api.send("", "OPTIONS", "/none").status == 404);
}

TEST_CASE("A malformed target is rejected before anything else", "[http]") {
  const HttpFixture api;
  for (const auto* target : {"", "x", "/%", "/api/images?pageSize=%", "/api/images/tenant/%ff"}) {
    CAPTURE(target);
    CHECK(api.get("", target).status == 400 + (*target == '\0' ? 4 : 0));
  }
  CHECK(api.get("", "/" + std::string(9000, 'a')).status == 414);
}

TEST_CASE("A failed HEAD has no body", "[http]") {
  const HttpFixture api;
  for (const auto* target : {"/api/images/tenant/none", "/none"}) {
    const auto response = api.send("acme", "HEAD", target);
    CHECK(response.status == 404);
    CHECK(response.body == nullptr);
    CHECK(response.find("Content-Length"));
  }
}

TEST_CASE("No response sets a cookie, and each has Cache-Control and security headers", "[http]") {
  const HttpFixture api;
  (void)api.upload("acme", "a.png", png());
  for (const auto* target :
       {"/api/images/tenant/a.png", "/api/images/tenant/a.png/preview", "/healthz", "/none",
        "/api/images/tenant/a.png/info", "/api/images?pageSize=1&page=0", "/api/openapi.json",
        "/api/images/tenant/a.png/export", "/api/system/params",
        "/api/images/tenant/a.png/public"}) {
    CAPTURE(target);
    const auto response = api.get("acme", target);
    CHECK_FALSE(response.find("Set-Cookie"));
    CHECK(field_of(response, "X-Content-Type-Options") == "nosniff");
    CHECK(response.find("Cache-Control"));
    CHECK(response.find("Content-Security-Policy"));
    CHECK(response.find("Referrer-Policy"));
    CHECK(response.find("Cross-Origin-Resource-Policy"));
  }
}

TEST_CASE("No response repeats a field", "[http]") {
  const HttpFixture api;
  (void)api.upload("acme", "a.png", png());
  for (const auto* target : {"/api/images/tenant/a.png", "/none", "/metrics"}) {
    std::set<std::string> names;
    for (const auto& field : api.get("acme", target).fields) {
      CAPTURE(target, field.name);
      CHECK(names.insert(field.name).second);
    }
  }
}

TEST_CASE("A response body outlives the handler", "[http]") {
  HttpResponse response;
  {
    const HttpFixture api;
    (void)api.upload("acme", "a.png", text_of_bytes(make_test_png(200, 200, 1, true)));
    response = api.get("acme", "/api/images/tenant/a.png");
  }
  CHECK(body_of(response).size() > 64 * 1024);
}
