// SPDX-License-Identifier: Apache-2.0
// The server's separate workers for each kind of request, with a real gallery.
#include "http_server.hpp"

#include "catch.hpp"
#include "raw_client.hpp"
#include "support/error_recorder.hpp"
#include "support/test_image.hpp"

#include <imagegallery/imagegallery.hpp>

#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace gallery_server;
using namespace imagegallery;
using namespace std::chrono_literals;

namespace {

std::string png(std::uint32_t seed) {
  const Bytes bytes = make_test_png(20, 10, seed);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string as(const std::string& tenant) { return "Authorization: " + tenant + "\r\n"; }

std::string upload(const std::string& tenant, const std::string& name, std::uint32_t seed) {
  return with_body("POST", "/api/image?fileName=" + name, png(seed),
                   as(tenant) + "Content-Type: image/png\r\n");
}

std::string import(const std::string& tenant, const std::string& json) {
  return with_body("PUT", "/api/image/import", json,
                   as(tenant) + "Content-Type: application/json\r\n");
}

/// A gallery behind a server in this process, whose workers of chosen kinds can be blocked.
class Site {
 public:
  explicit Site(HttpServerOptions options = {}) : server_(std::move(options), application()) {
    thread_ = std::thread{[this] { server_.run(); }};
  }

  ~Site() {
    release();
    server_.stop();
    thread_.join();
  }

  RawClient connect() const {
    const std::string& address = server_.address();
    return RawClient{static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)))};
  }

  /// From now on, workers of that kind block when they start to handle a request.
  void block(WorkKind kind) {
    const std::lock_guard lock{mutex_};
    blocked_.insert(kind);
  }

  void wait_for_blocked(int workers) {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return waiting_ == workers; });
  }

  /// Waits for two more calls of the upkeep; false after a minute without them.
  bool upkeep_is_called() {
    std::unique_lock lock{mutex_};
    const int before = upkeeps_;
    return changed_.wait_for(lock, 1min, [&] { return upkeeps_ >= before + 2; });
  }

  void release() {
    const std::lock_guard lock{mutex_};
    blocked_.clear();
    changed_.notify_all();
  }

  /// The kind of workers and the user of each request, in the order in which they were handled.
  std::vector<std::pair<WorkKind, std::string>> handled() {
    const std::lock_guard lock{mutex_};
    return handled_;
  }

  ImageGallery gallery{open_memory()};
  ErrorRecorder errors;

 private:
  Application application() {
    return {.check_head = [this](const HttpRequestHead& head,
                                 const HeadOptions& options) { return check(head, options); },
            .handle =
                [this](const HttpRequest& request) {
                  const auto kind = handler_.check_head(request.head).kind;
                  // A storage request gets here only if it needs a decode.
                  pass(kind == WorkKind::storage ? WorkKind::decode : kind, request.head);
                  return handler_.handle(request);
                },
            .try_handle =
                [this](const HttpRequest& request) {
                  pass(WorkKind::storage, request.head);
                  return handler_.try_handle(request);
                },
            .upkeep =
                [this] {
                  const std::lock_guard lock{mutex_};
                  ++upkeeps_;
                  changed_.notify_all();
                },
            .on_error = errors.sink()};
  }

  HttpInspection check(const HttpRequestHead& head, const HeadOptions& options) const {
    return handler_.check_head(head, options);
  }

  void pass(WorkKind kind, const HttpRequestHead& head) {
    std::unique_lock lock{mutex_};
    handled_.emplace_back(kind, head.find("Authorization").value_or(""));
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return blocked_.count(kind) == 0; });
    --waiting_;
  }

  static HttpOptions http_options() {
    HttpOptions options;
    options.authenticate = [](const HttpRequestHead& head) {
      const auto tenant = head.find("Authorization");
      return tenant ? Principal::tenant_admin(std::string{*tenant}) : Principal::anonymous();
    };
    return options;
  }

  HttpHandler handler_{gallery, http_options()};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<WorkKind> blocked_;
  int waiting_ = 0;
  int upkeeps_ = 0;
  std::vector<std::pair<WorkKind, std::string>> handled_;
  HttpServer server_;
  std::thread thread_;
};

std::vector<RawClient> connect(const Site& site, int count) {
  std::vector<RawClient> clients;
  for (int i = 0; i < count; ++i) clients.push_back(site.connect());
  return clients;
}

}  // namespace

TEST_CASE("Reads, 304s, lists and small changes are answered while every decoder is blocked",
          "[kinds]") {
  Site site{{.storage = {.threads = 1}, .decode = {.threads = 2}, .bulk = {.threads = 1}}};
  auto client = site.connect();
  REQUIRE(client.request(upload("acme", "pump.png", 1)).status == 200);
  const std::string image = "/api/images/tenant/pump.png";
  const std::string etag = client.request(get(image, as("acme"))).field("ETag");

  site.block(WorkKind::decode);
  site.block(WorkKind::bulk);
  auto uploads = connect(site, 5);
  for (std::size_t i = 0; i < uploads.size(); ++i) {
    uploads[i].send(upload("acme", std::to_string(i) + ".png", static_cast<std::uint32_t>(i) + 2));
  }
  auto exports = connect(site, 2);
  for (auto& one : exports) one.send(get(image + "/export", as("acme")));
  site.wait_for_blocked(3);

  for (int round = 0; round < 3; ++round) {
    CHECK(client.request(get(image, as("acme"))).body == png(1));
    CHECK(client.request(get(image, as("acme") + "If-None-Match: " + etag + "\r\n")).status == 304);
    CHECK(client.request(get(image + "/preview", as("acme"))).status == 200);
    CHECK(client.request(get("/api/images?pageSize=10&page=0", as("acme"))).status == 200);
    CHECK(client.request(get("/healthz")).status == 200);
    CHECK(client
              .request(with_body("PUT", image + "/info", R"({"title":"Pump"})",
                                 as("acme") + "Content-Type: application/json\r\n"))
              .status == 200);
  }
  CHECK(site.gallery.usage(Principal::tenant_admin("acme")).images == 1);
  site.release();
  for (auto& one : uploads) CHECK(one.read().status == 200);
  for (auto& one : exports) CHECK(one.read().status == 200);
}

TEST_CASE("Light requests and refusals are answered while every worker is blocked", "[kinds]") {
  Site site{{.storage = {.threads = 1, .max_queued = 1},
             .decode = {.threads = 1, .max_queued = 1},
             .bulk = {.threads = 1, .max_queued = 1}}};
  for (const auto kind : {WorkKind::storage, WorkKind::decode, WorkKind::bulk}) site.block(kind);
  auto running = site.connect();
  running.send(get("/api/images?pageSize=10&page=0", as("acme")));
  site.wait_for_blocked(1);
  auto waiting = connect(site, 2);
  for (auto& one : waiting) one.send(get("/api/images/tenant/none", as("acme")));
  const auto refused = RawClient::first_to_respond(waiting);
  const auto refusal = waiting[refused].read();
  CHECK(refusal.status == 503);
  CHECK_FALSE(refusal.field("Retry-After").empty());
  CHECK(refusal.field("Content-Type") == "application/problem+json");

  auto client = site.connect();
  CHECK(client.request(get("/healthz")).status == 200);
  CHECK(client.request(get("/api/openapi.json")).status == 200);
  CHECK(client.request("OPTIONS /api/images HTTP/1.1\r\nHost: x\r\n\r\n").status == 204);
  CHECK(client.request(get("/nowhere")).status == 404);
  CHECK(client.request(get("/api/images?pageSize=10&page=0")).status == 401);
  client.send("HEAD /nowhere HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(client.read(true).status == 404);
  CHECK(client.request(get("/api/openapi.json")).status == 200);
  site.release();
  CHECK(running.read().status == 200);
  CHECK(waiting[1 - refused].read().status == 404);
}

TEST_CASE("The upkeep is called while every worker is blocked", "[kinds]") {
  Site site{{.storage = {.threads = 1},
             .decode = {.threads = 1},
             .bulk = {.threads = 2},
             .upkeep_period = 1ms}};
  site.block(WorkKind::decode);
  site.block(WorkKind::bulk);
  auto clients = connect(site, 4);
  clients[0].send(upload("acme", "pump.png", 1));
  clients[1].send(get("/api/images/tenant/none/export", as("acme")));
  clients[2].send(get("/api/images/tenant/none/export", as("acme")));
  site.wait_for_blocked(3);
  site.block(WorkKind::storage);  // Last: it checks the heads of the others.
  clients[3].send(get("/api/images?pageSize=10&page=0", as("acme")));
  site.wait_for_blocked(4);
  CHECK(site.upkeep_is_called());
  site.release();
  for (auto& client : clients) CHECK(client.read().status < 500);
}

TEST_CASE("One tenant's many uploads do not stop another tenant's one", "[kinds]") {
  Site site{{.decode = {.threads = 1, .max_queued = 3}}};
  site.block(WorkKind::decode);
  auto running = site.connect();
  running.send(upload("acme", "running.png", 1));
  site.wait_for_blocked(1);
  auto uploads = connect(site, 4);
  for (auto& one : uploads) one.send(upload("acme", "more.png", 2));
  // The queue is full as soon as one of them is refused.
  const auto refused = RawClient::first_to_respond(uploads);
  CHECK(uploads[refused].read().status == 503);

  auto other = site.connect();
  other.send(upload("globex", "valve.png", 3));
  // It takes the place of the newest of the tenant that has most.
  const auto displaced = RawClient::first_to_respond(uploads);
  const auto refusal = uploads[displaced].read();
  CHECK(refusal.status == 503);
  CHECK_FALSE(refusal.field("Retry-After").empty());

  site.release();
  CHECK(running.read().status == 200);
  CHECK(other.read().status == 200);
  for (std::size_t i = 0; i < uploads.size(); ++i) {
    if (i != refused && i != displaced) CHECK(uploads[i].read().status == 200);
  }
  std::vector<std::string> users;
  for (const auto& [kind, user] : site.handled()) users.push_back(user);
  CHECK(users == std::vector<std::string>{"acme", "globex", "acme", "acme"});
}

TEST_CASE("A request that waits too long for its workers gets a 503", "[kinds]") {
  Site site{{.decode = {.threads = 1, .max_wait = 40ms}}};
  site.block(WorkKind::decode);
  auto running = site.connect();
  running.send(upload("acme", "running.png", 1));
  site.wait_for_blocked(1);
  auto waiting = site.connect();
  const auto refusal = waiting.request(upload("acme", "waiting.png", 2));
  CHECK(refusal.status == 503);
  CHECK_FALSE(refusal.field("Retry-After").empty());
  CHECK(refusal.field("Connection").empty());
  const auto report = site.errors.only();
  CHECK(report.source == "transport");
  CHECK(report.code == "busy");
  CHECK(report.tenant == "acme");
  CHECK_THAT(report.message, ContainsSubstring("decode"));
  CHECK(waiting.request(get("/api/images?pageSize=10&page=0", as("acme"))).status == 200);
  site.release();
  // A running request is not cut off.
  CHECK(running.read().status == 200);
  CHECK(waiting.request(upload("acme", "again.png", 3)).status == 200);
  CHECK(site.gallery.usage(Principal::tenant_admin("acme")).images == 2);
}

TEST_CASE("A storage request that turns out to need a decoder moves to the decode workers",
          "[kinds]") {
  Site site{{.storage = {.threads = 1}, .decode = {.threads = 1}}};
  const auto globex = Principal::tenant_admin("globex");
  const auto valve = site.gallery.upload(
      globex, Upload::from_bytes(make_test_png(20, 10, 1), {.file_name = "valve.png"}));
  const std::string document = site.gallery.export_json(globex, valve.ref);

  site.block(WorkKind::decode);
  auto importing = site.connect();
  importing.send(import("acme", document));
  site.wait_for_blocked(1);
  // The only storage worker is free again.
  auto client = site.connect();
  CHECK(client.request(get("/api/images/tenant/valve.png", as("globex"))).status == 200);
  // What is stored already needs no decoder.
  CHECK(client.request(import("globex", document)).status == 200);
  site.release();
  CHECK(importing.read().status == 200);
  CHECK(site.gallery.usage(Principal::tenant_admin("acme")).images == 1);
  using Handled = std::vector<std::pair<WorkKind, std::string>>;
  CHECK(site.handled() == Handled{{WorkKind::storage, "acme"},
                                  {WorkKind::decode, "acme"},
                                  {WorkKind::storage, "globex"},
                                  {WorkKind::storage, "globex"}});
}

TEST_CASE("An upload over its tenant's stored limit is refused before its body is read",
          "[kinds]") {
  Site site;
  site.gallery.set_limits(Principal::system_admin(), "acme",
                          {.max_image_bytes = 1000, .max_total_bytes = {}});
  auto client = site.connect();
  client.send("POST /api/image HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\n" + as("acme") +
              "Content-Length: 1000000\r\nExpect: 100-continue\r\n\r\n");
  const auto refusal = client.read();
  CHECK(refusal.status == 413);
  CHECK_THAT(refusal.body, ContainsSubstring("1000 bytes"));
  CHECK(site.handled().empty());
}
