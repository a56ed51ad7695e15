// SPDX-License-Identifier: Apache-2.0
#include "failing_gallery.hpp"

using namespace imagegallery;

namespace {

const std::string storage_message = "/srv/secret/gallery.db: failed";

// Too large to be read at once.
std::string large_png() { return text_of_bytes(make_test_png(400, 300, 1, true)); }

}  // namespace

TEST_CASE("Each 5xx is reported, with the gallery's operation, the tenant and the image",
          "[http][error]") {
  const FailingHttpGallery api;
  REQUIRE(api.upload("a.png").status == 200);
  struct Row {
    const char* call;
    ErrorCode code;
    int status;
  };
  for (const auto& row :
       {Row{"find", ErrorCode::storage_failure, 500}, Row{"find", ErrorCode::corrupt_data, 500},
        Row{"find", ErrorCode::busy, 503}, Row{"find", ErrorCode::read_only, 503},
        Row{"find", ErrorCode::storage_full, 507}}) {
    api.fail(row.call, row.code);
    const auto response = api.get("/api/images/tenant/a.png");
    CHECK(response.status == row.status);
    CHECK(api.errors.only() == RecordedReport{"http", std::string{to_string(row.code)}, "read",
                                              "acme", "a.png", storage_message});
  }
}

TEST_CASE("A full disk is a 507 and a read-only storage a 503, and neither names a file",
          "[http][error]") {
  const FailingHttpGallery api;
  for (const auto& [code, status] :
       {std::pair{ErrorCode::storage_full, 507}, std::pair{ErrorCode::read_only, 503}}) {
    api.fail("put_content", code);
    const auto response = api.upload("a.png");
    CHECK(response.status == status);
    CHECK_THAT(body_of(response), !ContainsSubstring("/srv"));
    CHECK(api.errors.only().operation == "upload");
  }
}

TEST_CASE("A refusal that is not the server's fault is not reported", "[http][error]") {
  const FailingHttpGallery api;
  CHECK(api.get("/api/images/tenant/absent.png").status == 404);
  CHECK(api.get("/none").status == 404);
  CHECK(api.send("POST", "/api/image", "not an image").status == 415);
  CHECK(api.get("/api/images?pageSize=0&page=0").status == 400);
  CHECK(api.errors.take().empty());
}

TEST_CASE("An exception that is not an Error is reported with the route and its image",
          "[http][error]") {
  const FailingHttpGallery api;
  api.faults->before = failing_in("find", std::runtime_error{"a backend's own"});
  CHECK(api.get("/api/images/tenant/a.png").status == 500);
  CHECK(api.errors.only() ==
        RecordedReport{"http", "other", "readImage", "acme", "a.png", "a backend's own"});
  CHECK(api.get("/api/images/system/a.png").status == 500);
  CHECK(api.errors.only().tenant.empty());
  api.faults->before = failing_in("list", std::bad_alloc{});
  CHECK(api.get("/api/images?pageSize=1&page=0").status == 503);
  const auto report = api.errors.only();
  CHECK(report.code == "other");
  CHECK(report.operation == "listImages");
  CHECK(report.tenant == "acme");
  CHECK(report.key.empty());
}

TEST_CASE("What authenticate throws is reported once for each call, and hidden from the client",
          "[http][error]") {
  FailingHttpGallery api;
  api.authentication_fails = true;
  const auto response = api.get("/api/images?pageSize=1&page=0");
  CHECK(response.status == 500);
  CHECK_THAT(body_of(response), !ContainsSubstring("directory"));
  CHECK(api.errors.only() ==
        RecordedReport{"authenticate", "other", "listImages", "", "", "the directory is down"});
  CHECK(api.handler.check_head({"GET", "/api/images", {}}).refusal->status == 500);
  CHECK(api.errors.only().source == "authenticate");
}

TEST_CASE("A failure before the body is read is reported", "[http][error]") {
  const FailingHttpGallery api;
  api.fail("usage", ErrorCode::storage_failure);
  const auto inspection = api.handler.check_head(
      {"POST", "/api/image", {{"Authorization", "acme"}, {"Content-Type", "image/png"}}});
  REQUIRE(inspection.refusal);
  CHECK(inspection.refusal->status == 500);
  CHECK(api.errors.only().operation == "usage");
}

TEST_CASE("A response body that cannot be read is reported, with its image", "[http][error]") {
  const FailingHttpGallery api;
  REQUIRE(api.send("POST", "/api/image?fileName=a.png", large_png()).status == 200);
  const auto response = api.get("/api/images/tenant/a.png");
  const auto document = api.get("/api/images/tenant/a.png/export");
  REQUIRE(response.status == 200);
  api.fail("read_at", ErrorCode::corrupt_data);
  const RecordedReport expected{"http", "corrupt_data", "read", "acme", "a.png", storage_message};
  CHECK_THROWS_AS(read_all(*response.body), Error);
  CHECK(api.errors.only() == expected);
  // A small body is read at once, so that it can still become a 500.
  CHECK(api.get("/api/images/tenant/a.png/preview").status == 500);
  CHECK(api.errors.only() == expected);
  api.faults->before = failing_in("read_at", std::runtime_error{"a backend's own"});
  CHECK_THROWS_AS(read_all(*document.body), std::runtime_error);
  CHECK(api.errors.only() ==
        RecordedReport{"http", "other", "exportImage", "acme", "", "a backend's own"});
}

TEST_CASE("A response body may be read when the gallery is gone, and is not reported then",
          "[http][error]") {
  const ErrorRecorder errors;
  const auto faults = std::make_shared<StorageFaults>();
  HttpResponse response;
  {
    ImageGallery gallery(std::make_unique<FailingStorage>(open_memory(), faults),
                         {.on_error = errors.sink()});
    const HttpHandler handler(gallery, HttpFixture::with_principals({}));
    gallery.upload(Principal::tenant_admin("acme"),
                   Upload::from_bytes(as_bytes(large_png()), {.file_name = "a.png"}));
    response =
        handler.handle({{"GET", "/api/images/tenant/a.png", {{"Authorization", "acme"}}}, nullptr});
    REQUIRE(response.status == 200);
  }
  CHECK(read_all(*response.body).size() == response.body->size());
  faults->before = failing_in("read_at", Error{ErrorCode::storage_failure, "gone"});
  CHECK_THROWS_AS(read_all(*response.body), Error);
  CHECK(errors.take().empty());
}

TEST_CASE("A clock that throws is reported and does not replace the error", "[http][error]") {
  FailingHttpGallery api;
  api.clock_fails = true;
  const auto response = api.get("/api/images/tenant/absent.png");
  CHECK(response.status == 404);
  CHECK_THAT(body_of(response), ContainsSubstring("wasn't found"));
  CHECK(api.errors.only() == RecordedReport{"clock", "other", "now", "", "", "no clock"});

  CHECK(api.upload("a.png").status == 500);
  const auto reports = api.errors.take();
  REQUIRE(reports.size() == 2);
  CHECK(reports[0] == RecordedReport{"http", "other", "createImage", "acme", "", "no clock"});
  CHECK(reports[1].source == "clock");
}

TEST_CASE("Errors are counted in the metrics by source and code", "[http][error]") {
  FailingHttpGallery api;
  CHECK_THAT(body_of(api.get("/metrics")), !ContainsSubstring("imagegallery_errors_total"));
  api.fail("find", ErrorCode::storage_failure);
  (void)api.get("/api/images/tenant/a.png");
  (void)api.get("/api/images/tenant/a.png");
  api.authentication_fails = true;
  (void)api.get("/api/images/tenant/a.png");
  api.authentication_fails = false;
  const auto text = body_of(api.get("/metrics"));
  CHECK_THAT(text, ContainsSubstring(
                       "imagegallery_errors_total{source=\"http\",code=\"storage_failure\"} 2\n"));
  CHECK_THAT(text, ContainsSubstring(
                       "imagegallery_errors_total{source=\"authenticate\",code=\"other\"} 1\n"));
}
