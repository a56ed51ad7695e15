// SPDX-License-Identifier: Apache-2.0
// The gallery_server program: arguments, timeouts, memory limits, shutdown.
#include "api_client.hpp"
#include "catch.hpp"
#include "server_process.hpp"
#include "support/test_image.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

std::vector<std::string> arguments_for(const ScratchDirectory& directory,
                                       std::vector<std::string> more = {}) {
  std::vector<std::string> arguments{"--database", (directory.path() / "g.db").string(),
                                     "--listen",   "127.0.0.1:0",
                                     "--token",    "acme=tenant-admin:acme",
                                     "--token",    "system=system-admin"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

struct Gallery {
  explicit Gallery(std::vector<std::string> more = {},
                   const std::vector<std::string>& environment = {})
      : server(GALLERY_SERVER, arguments_for(directory, std::move(more)), environment) {}

  ApiClient as(std::string token) const { return {server.port(), std::move(token)}; }

  ScratchDirectory directory;
  ServerProcess server;
};

std::string png(std::uint32_t seed, std::uint32_t side = 40) {
  return text_of(make_test_png(side, side, seed, true));
}

void write_file(const std::filesystem::path& path, std::string_view content) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream{path, std::ios::binary} << content;
}

/// The token that a demo printed for `owner`.
std::string printed_token(const std::string& greeting, const std::string& owner) {
  const std::string label = "token of " + owner + ": ";
  const auto at = greeting.find(label);
  REQUIRE(at != std::string::npos);
  const auto begin = at + label.size();
  return greeting.substr(begin, greeting.find('\n', begin) - begin);
}

}  // namespace

TEST_CASE("An invalid argument ends the server with status 2 and a message that names it",
          "[server]") {
  const ScratchDirectory directory;
  const std::string database = (directory.path() / "g.db").string();
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"--colour", "red"},
           {"--listen", "127.0.0.1"},
           {"--token", "secret=king"},
           {"--max-image-bytes", "many"},
           {"--database", database, "--link-key", "short"},
           {"--database", database, "--prefix", "no-slash"},
       }) {
    CAPTURE(words.back());
    const auto result = run_program(GALLERY_SERVER, words);
    CHECK(result.status == 2);
    CHECK(result.out.empty());
    const std::string& option = words[words.size() - 2];
    CHECK_THAT(result.err, ContainsSubstring(option.substr(2, 4)));
    CHECK_THAT(result.err, !ContainsSubstring("secret"));
  }
}

TEST_CASE(
    "An invalid environment variable ends the server with status 2 and a message that names it",
    "[server]") {
  const ScratchDirectory directory;
  for (const std::string name :
       {"CACHE_SPECS_IMAGE_ETAGS_TTL", "CACHE_SPECS_IMAGE_ETAGS_MAX_SIZE",
        "CACHE_SPECS_IMAGE_SYSTEM_BROWSER_TTL", "CACHE_SPECS_IMAGE_TENANT_BROWSER_TTL"}) {
    const auto result = run_program(GALLERY_SERVER, arguments_for(directory), {name + "=soon"});
    CHECK(result.status == 2);
    CHECK_THAT(result.err, ContainsSubstring(name));
  }
}

TEST_CASE("The --help option prints the help text", "[server]") {
  const auto result = run_program(GALLERY_SERVER, {"--help"});
  CHECK(result.status == 0);
  CHECK_THAT(result.out, ContainsSubstring("--database FILE"));
  CHECK(result.err.empty());
}

TEST_CASE("An unusable database or address ends the server with status 1", "[server]") {
  const auto no_database =
      run_program(GALLERY_SERVER, {"--database", "/nonexistent/g.db", "--listen", "127.0.0.1:0"});
  CHECK(no_database.status == 1);
  CHECK_FALSE(no_database.err.empty());

  const Gallery running;
  const ScratchDirectory directory;
  const auto taken =
      run_program(GALLERY_SERVER, {"--database", (directory.path() / "g.db").string(), "--listen",
                                   "127.0.0.1:" + std::to_string(running.server.port())});
  CHECK(taken.status == 1);
  CHECK_FALSE(taken.err.empty());
}

TEST_CASE("The environment sets how long browsers cache images", "[server]") {
  const Gallery gallery{{}, {"CACHE_SPECS_IMAGE_TENANT_BROWSER_TTL=3"}};
  auto acme = gallery.as("acme");
  REQUIRE(acme.upload("a.png", png(1)).status == 200);
  CHECK_THAT(acme.get("/api/images/tenant/a.png").field("Cache-Control"),
             ContainsSubstring("max-age=180"));
}

TEST_CASE("Command-line options apply to the gallery", "[server]") {
  const ScratchDirectory log_directory;
  const auto log = log_directory.path() / "access.log";
  const Gallery gallery{{"--public-uploads", "--max-total-bytes", "9000", "--prefix", "/gallery",
                         "--access-log", log.string(), "--public-metrics"}};
  auto acme = gallery.as("acme");
  const ApiClient::Fields form{{"Content-Type", form_type}};
  const std::string image = png(1, 40);
  REQUIRE(image.size() > 4500);
  const auto created = acme.send("POST", "/gallery/api/image", form, form_of("a.png", image));
  CHECK(json_at(created, {"public"}) == "true");
  const auto refused = acme.send("POST", "/gallery/api/image", form, form_of("b.png", png(2, 40)));
  CHECK(refused.status == 413);
  CHECK_THAT(refused.body, ContainsSubstring("9000 bytes"));
  CHECK(gallery.as("").get("/gallery/metrics").status == 200);
  CHECK(gallery.as("").get("/gallery/").status == 200);
  CHECK(gallery.as("").get("/").status == 404);

  std::ifstream file{log};
  std::string first;
  std::getline(file, first);
  CHECK_THAT(first, ContainsSubstring("\"POST /gallery/api/image\" 200"));
}

TEST_CASE("A demo signs visitors in and prints tokens for other principals", "[server]") {
  const ScratchDirectory images;
  write_file(images.path() / "acme" / "north_pump.png", png(1));
  write_file(images.path() / "acme" / "notes.txt", "no image");
  write_file(images.path() / "globex" / "valve.png", png(2));
  write_file(images.path() / "system" / "logo.png", png(3));
  const ScratchDirectory directory;
  const std::vector<std::string> arguments{"--demo",
                                           "--demo-images",
                                           images.path().string(),
                                           "--database",
                                           (directory.path() / "g.db").string(),
                                           "--listen",
                                           "127.0.0.1:0"};
  std::optional<ServerProcess> server{std::in_place, GALLERY_SERVER, arguments};

  ApiClient visitor{server->port(), ""};
  const auto session = visitor.get("/api/session");
  CHECK(json_at(session, {"role"}) == "tenant_admin");
  CHECK(json_at(session, {"tenant"}) == "acme");
  CHECK(json_at(session, {"user"}) == "demo");
  CHECK(json_at(session, {"visitor"}) == "true");
  const auto listed = visitor.get(
      "/api/images?pageSize=10&page=0&includeSystemImages=true&sortProperty=title&sortOrder=ASC");
  CHECK(json_at(listed, {"totalElements"}) == "2");
  CHECK(json_at(listed, {"data", "1", "title"}) == "North pump");
  CHECK(visitor.get("/api/images/system/logo.png").status == 200);
  const auto in_use = visitor.send("DELETE", "/api/images/tenant/north_pump.png");
  CHECK(json_at(in_use, {"success"}) == "false");
  CHECK_THAT(in_use.body, ContainsSubstring("North hall overview"));

  const std::string greeting = server->greeting();
  ApiClient globex{server->port(), printed_token(greeting, "globex's administrator")};
  CHECK(globex.get("/api/images/tenant/valve.png").status == 200);
  ApiClient system{server->port(), printed_token(greeting, "the system administrator")};
  CHECK(system.get("/api/limits/acme").status == 200);
  ApiClient user{server->port(), printed_token(greeting, "a user of acme")};
  CHECK(user.get("/api/images/tenant/north_pump.png").status == 200);
  CHECK(user.get("/api/images?pageSize=10&page=0").status == 403);

  // The visitor's changes persist; the samples are not added again.
  CHECK(visitor.send("DELETE", "/api/images/tenant/north_pump.png?force=true").status == 200);
  server->signal(SIGTERM);
  CHECK(server->wait() == 0);
  server.emplace(GALLERY_SERVER, arguments);
  ApiClient again{server->port(), ""};
  CHECK(json_at(again.get("/api/images?pageSize=10&page=0"), {"totalElements"}) == "0");
}

TEST_CASE("A demo without --database removes its files", "[server]") {
  const ScratchDirectory scratch;
  ServerProcess server{
      GALLERY_SERVER, {"--demo", "--listen", "127.0.0.1:0"}, {"TMPDIR=" + scratch.path().string()}};
  CHECK_FALSE(std::filesystem::is_empty(scratch.path()));
  CHECK(ApiClient{server.port(), ""}.upload("a.png", png(1)).status == 200);
  server.signal(SIGINT);
  CHECK(server.wait() == 0);
  CHECK(std::filesystem::is_empty(scratch.path()));
}

TEST_CASE("SIGTERM and SIGHUP let a running upload finish and accept no new one", "[server]") {
  const int number = GENERATE(SIGTERM, SIGHUP);
  CAPTURE(number);
  Gallery gallery;
  auto idle = gallery.as("acme");
  REQUIRE(idle.get("/healthz").status == 200);
  auto acme = gallery.as("acme");
  const std::string form = form_of("late.png", png(1));
  acme.raw().send(acme.head("POST", "/api/image",
                            {{"Content-Type", form_type},
                             {"Content-Length", std::to_string(form.size())},
                             {"Expect", "100-continue"}}) +
                  "\r\n");
  REQUIRE(acme.raw().read().status == 100);
  gallery.server.signal(number);
  CHECK(idle.raw().read_to_end().empty());
  CHECK_THROWS_AS(gallery.server.connect(), ClientError);
  const auto created = acme.raw().request(form);
  CHECK(created.status == 200);
  CHECK(created.field("Connection") == "close");
  acme.raw().shutdown_write();
  CHECK(gallery.server.wait() == 0);
  const ServerProcess restarted{GALLERY_SERVER, arguments_for(gallery.directory)};
  CHECK(ApiClient{restarted.port(), "acme"}.get("/api/images/tenant/late.png").status == 200);
}

TEST_CASE("A server that is told to ignore hang-ups, as by nohup, survives them", "[server]") {
  const ScratchDirectory directory;
  std::vector<std::string> words{"-c", "trap '' HUP; exec \"$0\" \"$@\"", GALLERY_SERVER};
  for (auto& word : arguments_for(directory)) words.push_back(std::move(word));
  ServerProcess server{"/bin/sh", words};
  ApiClient client{server.port(), "acme"};
  CHECK(client.get("/healthz").status == 200);
  server.signal(SIGHUP);
  CHECK(client.get("/healthz").status == 200);
  CHECK(ApiClient{server.port(), "acme"}.get("/healthz").status == 200);
  server.signal(SIGTERM);
  CHECK(server.wait() == 0);
}

TEST_CASE("SIGTERM does not wait for a stalled client", "[server]") {
  Gallery gallery{{"--stop-timeout", "50"}};
  auto acme = gallery.as("acme");
  acme.raw().send(
      acme.head(
          "POST", "/api/image",
          {{"Content-Type", form_type}, {"Content-Length", "1000"}, {"Expect", "100-continue"}}) +
      "\r\n");
  REQUIRE(acme.raw().read().status == 100);
  gallery.server.signal(SIGTERM);
  CHECK(gallery.server.wait() == 0);
}

TEST_CASE("Slow clients time out", "[server]") {
  const Gallery gallery{{"--header-timeout", "50", "--progress-timeout", "50"}};
  auto head = gallery.server.connect();
  head.send("GET / HTTP/1.1\r\n");
  CHECK(head.read().status == 408);
  auto body = gallery.as("acme");
  body.raw().send(
      body.head("POST", "/api/image", {{"Content-Type", form_type}, {"Content-Length", "1000"}}) +
      "\r\n--xx");
  CHECK(body.raw().read().status == 408);
}

namespace {

struct BigBody {
  RawResponse response;
  std::uint64_t growth = 0;  ///< Peak growth of the server's memory, in bytes.
};

/// Sends a body that begins with `start` in pieces, and measures the server's memory meanwhile.
BigBody send_big_body(const Gallery& gallery, std::string start, std::uint64_t size, bool chunked) {
  auto acme = gallery.as("acme");
  // Memory allocated by the first request does not count.
  REQUIRE(acme.upload("small.png", png(1, 300)).status == 200);
  const std::uint64_t before = gallery.server.memory();
  std::uint64_t peak = before;
  ApiClient::Fields fields{{"Content-Type", "image/bmp"}};
  if (chunked) {
    fields.emplace_back("Transfer-Encoding", "chunked");
  } else {
    fields.emplace_back("Content-Length", std::to_string(size));
  }
  acme.raw().send(acme.head("POST", "/api/image?fileName=huge.bmp", fields) + "\r\n");
  std::string piece = std::move(start);
  piece.resize(1u << 20, 'x');
  for (std::uint64_t at = 0; at < size; at += piece.size()) {
    piece.resize(static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), size - at)));
    acme.raw().send(chunked ? chunk(piece) : piece);
    if (at % (64u << 20) == 0) peak = std::max(peak, gallery.server.memory());
  }
  if (chunked) acme.raw().send(chunk(""));
  // The response may take long; measure the memory meanwhile.
  std::atomic<bool> done{false};
  std::thread watcher{[&] {
    auto other = gallery.as("acme");
    while (!done) {
      (void)other.get("/healthz");
      peak = std::max(peak, gallery.server.memory());
    }
  }};
  RawResponse response = acme.raw().read();
  done = true;
  watcher.join();
  return {std::move(response), peak - before};
}

/// The header of a 32-bit-per-pixel BMP (BITMAPINFOHEADER).
std::string bitmap_header(std::uint32_t side) {
  std::string header(54, '\0');
  const auto put = [&](std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) header[at + i] = static_cast<char>(value >> (8 * i));
  };
  header[0] = 'B';
  header[1] = 'M';
  put(2, side * side * 4 + 54);
  put(10, 54);
  put(14, 40);
  put(18, side);
  put(22, side);
  header[26] = 1;
  header[28] = 32;
  return header;
}

}  // namespace

TEST_CASE("A body of a gigabyte uses at most eight megabytes of memory", "[server]") {
  const Gallery gallery{{"--max-image-bytes", "2000000000"}};
  const bool chunked = GENERATE(false, true);
  CAPTURE(chunked);
  const auto big = send_big_body(gallery, "no image", 1u << 30, chunked);
  CHECK(big.response.status == 415);
  WARN("Memory grew by " << big.growth / 1024 << " KiB.");
  CHECK((!memory_is_measurable || big.growth <= 8u << 20));
}

TEST_CASE("Memory use does not depend on an image's size, for upload and download", "[server]") {
  // A slow machine leaves one connection idle for long while it uploads on the other.
  const Gallery gallery{{"--max-image-bytes", "2000000000", "--idle-timeout", "3600000"}};
  // A small BMP with trailing data after its pixels. The first upload fills the database's caches.
  const auto store = [&](std::uint64_t size) {
    return send_big_body(gallery, bitmap_header(64), size, false);
  };
  auto acme = gallery.as("acme");
  REQUIRE(store(64u << 20).response.status == 200);
  REQUIRE(acme.get("/api/images/tenant/huge.bmp").body.size() == 64u << 20);

  const auto big = store(256u << 20);
  CHECK(big.response.status == 200);
  CHECK((!memory_is_measurable || big.growth <= 8u << 20));
  const std::uint64_t before = gallery.server.memory();
  CHECK(acme.get("/api/images/tenant/huge_%281%29.bmp").body.size() == 256u << 20);
  const std::uint64_t after = gallery.server.memory();
  WARN("Memory grew by " << big.growth / 1024 << " KiB on upload, by "
                         << (after > before ? after - before : 0) / 1024 << " KiB on download.");
  CHECK((!memory_is_measurable || after <= before + (8u << 20)));
}

TEST_CASE("An endless chunked body is rejected at the limit", "[server]") {
  const Gallery gallery{{"--max-image-bytes", "1000000"}};
  auto acme = gallery.as("acme");
  acme.raw().send(acme.head("POST", "/api/image",
                            {{"Content-Type", form_type}, {"Transfer-Encoding", "chunked"}}) +
                  "\r\n");
  const std::string piece = chunk(std::string(100'000, 'x'));
  for (int i = 0; i < 12; ++i)
    if (!acme.raw().try_send(piece)) break;
  const auto response = acme.raw().read();
  CHECK(response.status == 413);
  CHECK_THAT(response.body, ContainsSubstring("bytes"));
}

TEST_CASE("Ten thousand idle connections do not block new requests", "[server]") {
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < 10'300) SKIP("too few file descriptors");

  const Gallery gallery;
  const std::uint64_t before = gallery.server.memory();
  std::vector<RawClient> idle;
  idle.reserve(10'000);
  for (int i = 0; i < 10'000; ++i) {
    idle.push_back(gallery.server.connect());
    // Half of them have sent a request before.
    if (i % 2 == 0) REQUIRE(idle.back().request(get("/healthz")).status == 200);
  }
  CHECK(gallery.as("acme").upload("a.png", png(1)).status == 200);
  for (int i = 0; i < 10'000; i += 1000)
    CHECK(idle[static_cast<std::size_t>(i)].request(get("/healthz")).status == 200);
  WARN("Each uses " << (gallery.server.memory() - before) / 10'000 << " bytes of memory.");
}
