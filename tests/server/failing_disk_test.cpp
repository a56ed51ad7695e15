// SPDX-License-Identifier: Apache-2.0
// The gallery_server program while its files cannot grow, and after.
#include "api_client.hpp"
#include "catch.hpp"
#include "server_process.hpp"
#include "support/test_image.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace {

/// What a server writes to stderr. A pipe, so that it can be written while files cannot.
class ErrorPipe {
 public:
  explicit ErrorPipe(const ScratchDirectory& directory)
      : path_((directory.path() / "stderr").string()) {
    REQUIRE(::mkfifo(path_.c_str(), 0600) == 0);
    file_ = ::open(path_.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
    REQUIRE(file_ >= 0);
  }
  ErrorPipe(const ErrorPipe&) = delete;
  ErrorPipe& operator=(const ErrorPipe&) = delete;
  ~ErrorPipe() { ::close(file_); }

  [[nodiscard]] const std::string& path() const { return path_; }

  /// Everything that was written so far.
  const std::string& text() {
    std::array<char, 4096> buffer{};
    ssize_t count = 0;
    while ((count = ::read(file_, buffer.data(), buffer.size())) > 0)
      text_.append(buffer.data(), static_cast<std::size_t>(count));
    return text_;
  }

 private:
  std::string path_;
  int file_ = -1;
  std::string text_;
};

/// A server whose files can be kept from growing, as on a disk that fails.
struct LimitedServer {
  LimitedServer()
      : errors(directory), server("/bin/sh", shell_command(directory, errors.path(), {})) {}

  static std::vector<std::string> shell_command(const ScratchDirectory& directory,
                                                const std::string& errors,
                                                const std::vector<std::string>& more) {
    std::vector<std::string> words{"-c",
                                   "trap '' XFSZ; exec \"$0\" \"$@\" 2>" + errors,
                                   GALLERY_SERVER,
                                   "--database",
                                   (directory.path() / "g.db").string(),
                                   "--listen",
                                   "127.0.0.1:0",
                                   "--token",
                                   "acme=tenant-admin:acme",
                                   "--public-metrics"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  void limit_files(rlim_t bytes) const {
    rlimit limit{};
    REQUIRE(::prlimit(server.process(), RLIMIT_FSIZE, nullptr, &limit) == 0);
    limit.rlim_cur = bytes;
    REQUIRE(::prlimit(server.process(), RLIMIT_FSIZE, &limit, nullptr) == 0);
  }

  ScratchDirectory directory;
  ErrorPipe errors;
  ServerProcess server;
};

std::string png(std::uint32_t seed) { return text_of(make_test_png(40, 40, seed, true)); }

std::size_t count_of(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("A server whose disk fails says so, and recovers without a restart or an upload",
          "[server]") {
  LimitedServer f;
  ApiClient acme{f.server.port(), "acme"};
  REQUIRE(acme.upload("a.png", png(1)).status == 200);
  CHECK(acme.get("/healthz").status == 200);

  f.limit_files(0);
  const auto refused = acme.upload("b.png", png(2));
  CHECK(refused.status >= 500);
  const auto health = acme.get("/healthz");
  CHECK(health.status == 503);
  CHECK_THAT(health.body, !ContainsSubstring("g.db"));
  CHECK(acme.get("/api/images/tenant/a.png").status == 200);
  const std::string label = "operation=\"upload\" tenant=\"acme\" key=\"b.png\"";
  CHECK(count_of(f.errors.text(), label) == 1);
  CHECK_THAT(acme.get("/metrics").body,
             ContainsSubstring("imagegallery_errors_total{source=\"http\",code=\"storage_"));

  f.limit_files(RLIM_INFINITY);
  while (count_of(f.errors.text(), "note The gallery stores changes again.") == 0) {
    (void)acme.get("/healthz");
  }
  CHECK(acme.get("/healthz").status == 200);
  CHECK(acme.upload("b.png", png(2)).status == 200);
}

TEST_CASE("A server that cannot store a request's body says so", "[server]") {
  LimitedServer f;
  ApiClient acme{f.server.port(), "acme"};
  f.limit_files(0);

  const auto refused = acme.upload("large.png", png(1) + std::string(1 << 20, '\0'));

  CHECK(refused.status == 507);
  CHECK_THAT(f.errors.text(), ContainsSubstring("source=transport") &&
                                  ContainsSubstring("operation=\"store body\"") &&
                                  ContainsSubstring("tenant=\"acme\""));
}

TEST_CASE("Below the reserve, a server refuses uploads with 507 and deletes images", "[server]") {
  const ScratchDirectory directory;
  ErrorPipe errors{directory};
  const auto start = [&](const std::vector<std::string>& more) {
    return std::make_unique<ServerProcess>(
        "/bin/sh", LimitedServer::shell_command(directory, errors.path(), more));
  };
  {
    const auto server = start({});
    ApiClient acme{server->port(), "acme"};
    REQUIRE(acme.upload("a.png", png(1)).status == 200);
    REQUIRE(acme.upload("b.png", png(2)).status == 200);
  }
  {
    const auto server = start({"--reserve", "9000000000000000000"});
    ApiClient acme{server->port(), "acme"};
    const auto refused = acme.upload("c.png", png(3));
    CHECK(refused.status == 507);
    CHECK_THAT(refused.body, ContainsSubstring("The server's disk is full."));
    CHECK(acme.get("/healthz").status == 503);
    CHECK(acme.send("DELETE", "/api/images/tenant/a.png").status == 200);
    CHECK(acme.get("/api/images/tenant/b.png").status == 200);
    CHECK(acme.get("/healthz").status == 503);
    CHECK_THAT(errors.text(), ContainsSubstring("error source=http code=storage_full"));
  }
  const auto server = start({});
  ApiClient acme{server->port(), "acme"};
  CHECK(acme.get("/healthz").status == 200);
  CHECK(acme.upload("c.png", png(3)).status == 200);
}

TEST_CASE("A hundred errors of one kind are a few lines", "[server]") {
  LimitedServer f;
  ApiClient acme{f.server.port(), "acme"};
  f.limit_files(0);
  for (std::uint32_t i = 0; i < 100; ++i) CHECK(acme.upload("a.png", png(i)).status >= 500);
  const auto lines = count_of(f.errors.text(), "source=http");
  CHECK(lines >= 1);
  CHECK(lines <= 30);  // A burst for each code, of which there may be a few.
  CHECK_THAT(acme.get("/metrics").body, ContainsSubstring("imagegallery_errors_total"));
}
