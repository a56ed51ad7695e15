// SPDX-License-Identifier: Apache-2.0
// What requests wait for, and for whom: `HttpInspection::kind` and `tenant`, `try_handle`.
#include <imagegallery/http.hpp>
#include <imagegallery/storage/forwarding.hpp>

#include <atomic>
#include <map>

#include "http/routes.hpp"
#include "http_fixture.hpp"

using namespace imagegallery;

namespace {

/// Counts the calls that a request makes.
class CountingStorage final : public ForwardingBackend {
 public:
  explicit CountingStorage(std::atomic<int>& calls)
      : ForwardingBackend(open_memory()), calls_(calls) {}

  std::optional<ImageRecord> find(std::string_view tenant, std::string_view key) const override {
    ++calls_;
    return ForwardingBackend::find(tenant, key);
  }
  std::optional<ImageRecord> find_public(std::string_view public_key) const override {
    ++calls_;
    return ForwardingBackend::find_public(public_key);
  }
  std::vector<ImageRecord> list(const ListRequest& request) const override {
    ++calls_;
    return ForwardingBackend::list(request);
  }
  std::uint64_t count(const ListRequest& request) const override {
    ++calls_;
    return ForwardingBackend::count(request);
  }
  std::vector<ImageUse> uses(std::string_view tenant, const ImageId& id) const override {
    ++calls_;
    return ForwardingBackend::uses(tenant, id);
  }
  TenantUsage usage(std::string_view tenant) const override {
    ++calls_;
    return ForwardingBackend::usage(tenant);
  }
  std::vector<ChangeResult> commit(std::span<const Change> changes) override {
    ++calls_;
    return ForwardingBackend::commit(changes);
  }
  ChangeFeed changes_since(std::uint64_t after, std::uint32_t max_events) const override {
    ++calls_;
    return ForwardingBackend::changes_since(after, max_events);
  }
  StorageStatus status() const override {
    ++calls_;
    return ForwardingBackend::status();
  }
  void check_write() override {
    ++calls_;
    ForwardingBackend::check_write();
  }

 private:
  std::atomic<int>& calls_;
};

struct CountingFixture {
  std::atomic<int> calls{0};
  ImageGallery gallery{std::make_unique<CountingStorage>(calls)};
  HttpHandler handler{gallery, HttpFixture::with_principals({})};
};

/// A head that the route accepts. System administrators may do everything.
HttpRequestHead head_of(const Route& route) {
  std::string target{route.pattern};
  const std::map<std::string, std::string> values{
      {"{scope}", "system"}, {"{key}", "a.png"}, {"{isPublic}", "true"}, {"{tenant}", "acme"}};
  for (const auto& [name, value] : values) {
    if (const auto at = target.find(name); at != std::string::npos) {
      target.replace(at, name.size(), value);
    }
  }
  for (std::size_t at = 0; (at = target.find_first_of("{}")) != std::string::npos;) {
    target.erase(at, 1);
  }
  HttpRequestHead head{std::string{route.method}, target, {{"Authorization", "system"}}};
  if (route.body == BodyKind::image) head.fields.push_back({"Content-Type", "image/png"});
  return head;
}

HttpRequestHead import_head(std::vector<HttpField> fields) {
  fields.push_back({"Authorization", "acme"});
  return {"PUT", "/api/image/import", std::move(fields)};
}

}  // namespace

TEST_CASE("check_head says what each route waits for", "[kinds]") {
  const HttpFixture api;
  const std::map<std::string_view, WorkKind> exceptions{
      {"createImage", WorkKind::decode},  {"importImage", WorkKind::decode},
      {"replaceImage", WorkKind::decode}, {"deleteImages", WorkKind::bulk},
      {"exportImage", WorkKind::bulk},    {"describeApi", WorkKind::light},
      {"checkHealth", WorkKind::light}};
  for (const auto& route : routes()) {
    CAPTURE(route.operation);
    const auto inspection = api.handler.check_head(head_of(route));
    CHECK_FALSE(inspection.refusal);
    CHECK_FALSE(inspection.needs_storage);
    const auto exception = exceptions.find(route.operation);
    const auto expected = exception == exceptions.end() ? WorkKind::storage : exception->second;
    CHECK(to_string(inspection.kind) == to_string(expected));
  }
  CHECK(api.handler.check_head({"OPTIONS", "/api/images", {}}).kind == WorkKind::light);
  CHECK(api.handler.check_head({"OPTIONS", "*", {}}).kind == WorkKind::light);
  const auto refused = api.handler.check_head({"GET", "/api/images", {}});
  CHECK(refused.refusal);
  CHECK(refused.kind == WorkKind::light);
}

TEST_CASE("check_head says for which tenant a request works", "[kinds]") {
  const HttpFixture api;
  const auto tenant = [&](std::string who) {
    return api.handler.check_head({"GET", "/api/openapi.json", {{"Authorization", who}}}).tenant;
  };
  CHECK(tenant("acme") == "acme");
  CHECK(tenant("acme-user") == "acme");
  CHECK(tenant("globex") == "globex");
  CHECK(tenant("system").empty());
  CHECK(tenant("nobody").empty());
}

TEST_CASE("The limits of uploads are all that check_head leaves open without storage", "[kinds]") {
  CountingFixture api;
  for (const auto& route : routes()) {
    CAPTURE(route.operation);
    const auto head = head_of(route);
    api.calls = 0;
    const auto inspection = api.handler.check_head(head, {.may_read_storage = false});
    CHECK(api.calls == 0);
    CHECK_FALSE(inspection.refusal);
    const bool is_upload = route.body == BodyKind::image || route.body == BodyKind::document;
    CHECK(inspection.needs_storage == is_upload);
    const auto complete = api.handler.check_head(head);
    CHECK((api.calls > 0) == is_upload);
    CHECK_FALSE(complete.needs_storage);
    CHECK(complete.kind == inspection.kind);
    if (!is_upload) CHECK(complete.max_body_bytes == inspection.max_body_bytes);
  }
}

TEST_CASE("check_head without storage still refuses what needs no storage to refuse", "[kinds]") {
  CountingFixture api;
  api.calls = 0;
  const auto status = [&](HttpRequestHead head) {
    const auto inspection = api.handler.check_head(head, {.may_read_storage = false});
    return inspection.refusal ? inspection.refusal->status : 0;
  };
  CHECK(status({"POST", "/api/image", {{"Content-Type", "image/png"}}}) == 401);
  CHECK(status({"POST", "/api/image", {{"Authorization", "acme"}}}) == 415);
  CHECK(status({"GET", "/nowhere", {}}) == 404);
  CHECK(status({"PATCH", "/api/images", {}}) == 405);
  CHECK(api.calls == 0);
}

TEST_CASE("A light request is handled without storage", "[kinds]") {
  CountingFixture api;
  int light = 0;
  for (const auto& route : routes()) {
    const auto head = head_of(route);
    if (api.handler.check_head(head).kind != WorkKind::light) continue;
    CAPTURE(route.operation);
    api.calls = 0;
    CHECK(api.handler.handle({head, nullptr}).status == 200);
    CHECK(api.calls == 0);
    ++light;
  }
  CHECK(light >= 2);
}

TEST_CASE("The kind of an import depends on its size", "[kinds]") {
  const HttpFixture api;
  const auto kind = [&](std::vector<HttpField> fields) {
    return api.handler.check_head(import_head(std::move(fields))).kind;
  };
  CHECK(kind({{"Content-Length", "1048576"}}) == WorkKind::storage);
  CHECK(kind({{"Content-Length", "1048577"}}) == WorkKind::decode);
  CHECK(kind({{"Transfer-Encoding", "chunked"}}) == WorkKind::decode);
}

TEST_CASE("try_handle changes nothing if an import needs a decoder", "[kinds]") {
  const HttpFixture api;
  (void)api.upload("globex", "valve.png", png());
  const auto document = body_of(api.get("globex", "/api/images/tenant/valve.png/export"));
  const auto decodes = api.gallery.stats().decodes;
  const HttpRequest request{import_head({{"Content-Type", "application/json"}}),
                            make_source(std::string{document})};

  const auto attempt = api.handler.try_handle(request);
  CHECK(attempt.needs_decode);
  CHECK(api.gallery.usage(Principal::tenant_admin("acme")).images == 0);
  CHECK(api.gallery.stats().decodes == decodes);

  CHECK(api.handler.handle(request).status == 200);
  CHECK(api.gallery.stats().decodes == decodes + 1);

  const auto again = api.handler.try_handle(request);
  CHECK_FALSE(again.needs_decode);
  CHECK(again.response.status == 200);
  CHECK(api.gallery.usage(Principal::tenant_admin("acme")).images == 1);
  CHECK(api.gallery.stats().decodes == decodes + 1);
}

TEST_CASE("try_handle never decodes an upload or a replacement", "[kinds]") {
  const HttpFixture api;
  (void)api.upload("acme", "pump.png", png());
  const auto decodes = api.gallery.stats().decodes;
  for (const auto& [method, target] : {std::pair{"POST", "/api/image?fileName=b.png"},
                                       std::pair{"PUT", "/api/images/tenant/pump.png"}}) {
    const HttpRequest request{
        {method, target, {{"Content-Type", "image/png"}, {"Authorization", "acme"}}},
        make_source(png(30, 10, 2))};
    CHECK(api.handler.try_handle(request).needs_decode);
  }
  CHECK(api.gallery.stats().decodes == decodes);
  CHECK(api.gallery.usage(Principal::tenant_admin("acme")).images == 1);
}

TEST_CASE("try_handle responds like handle to everything else", "[kinds]") {
  const HttpFixture api;
  (void)api.upload("acme", "pump.png", png());
  for (const std::string target : {"/api/images/tenant/pump.png", "/api/images/tenant/none",
                                   "/api/images?pageSize=5&page=0", "/nowhere", "/healthz"}) {
    const HttpRequest request{{"GET", target, {{"Authorization", "acme"}}}, nullptr};
    const auto attempt = api.handler.try_handle(request);
    CHECK_FALSE(attempt.needs_decode);
    const auto response = api.handler.handle(request);
    CHECK(attempt.response.status == response.status);
    CHECK(attempt.response.fields == response.fields);
  }
}
