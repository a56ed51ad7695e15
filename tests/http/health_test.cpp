// SPDX-License-Identifier: Apache-2.0
#include "failing_gallery.hpp"

using namespace imagegallery;

TEST_CASE("The health is a 503 with a reason while writes fail, and 200 after one that succeeds",
          "[http][health]") {
  const FailingHttpGallery api;
  CHECK(api.get("/healthz").status == 200);
  std::string reasons;
  for (const auto code : {ErrorCode::storage_failure, ErrorCode::storage_full, ErrorCode::read_only,
                          ErrorCode::corrupt_data}) {
    CAPTURE(to_string(code));
    api.fail("commit", code);
    CHECK(api.upload("a.png").status >= 500);
    const auto response = api.get("/healthz");
    CHECK(response.status == 503);
    CHECK(field_of(response, "Retry-After") == "1");
    const auto reason = text_at(json_of(response), "detail");
    CHECK_THAT(reason, !ContainsSubstring("/srv"));
    CHECK_THAT(reasons, !ContainsSubstring(reason));
    reasons += reason;
    api.faults->before = nullptr;
    CHECK(api.upload("a.png").status == 200);
    CHECK(api.get("/healthz").status == 200);
  }
}

TEST_CASE("A check makes the health a 503 and 200 again, without a restart or an upload",
          "[http][health]") {
  FailingHttpGallery api;
  api.fail("check_write", ErrorCode::read_only);
  (void)api.gallery.check_health();
  CHECK(api.get("/healthz").status == 503);
  api.faults->before = nullptr;
  (void)api.gallery.check_health();
  CHECK(api.get("/healthz").status == 200);
}

TEST_CASE("The health calls no storage, and is not itself reported", "[http][health]") {
  const FailingHttpGallery api;
  api.fail("commit", ErrorCode::read_only);
  (void)api.upload("a.png");
  (void)api.errors.take();
  int calls = 0;
  api.faults->before = [&](std::string_view) { ++calls; };
  const HttpRequestHead head{"GET", "/healthz", {}};
  CHECK_FALSE(api.handler.check_head(head).refusal);
  CHECK(api.handler.handle({head, nullptr}).status == 503);
  CHECK(calls == 0);
  CHECK(api.errors.take().empty());
}

TEST_CASE("The metrics have the size of the log and the room on the disk, if known",
          "[http][health]") {
  const FailingHttpGallery api;
  const auto unknown = body_of(api.get("/metrics"));
  CHECK_THAT(unknown, !ContainsSubstring("imagegallery_log_bytes"));
  CHECK_THAT(unknown, !ContainsSubstring("imagegallery_free_bytes"));
  api.faults->status = {.log_bytes = 4096, .free_bytes = 1u << 30, .problem = {}};
  const auto known = body_of(api.get("/metrics"));
  CHECK_THAT(known, ContainsSubstring("\nimagegallery_log_bytes 4096\n"));
  CHECK_THAT(known, ContainsSubstring("\nimagegallery_free_bytes 1073741824\n"));
}
