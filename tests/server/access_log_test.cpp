// SPDX-License-Identifier: Apache-2.0
#include "access_log.hpp"

#include <imagegallery/error.hpp>

#include "catch.hpp"
#include "storage/scratch_directory.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <iterator>
#include <string>

using namespace gallery_server;
using imagegallery::Error;
using imagegallery::ErrorCode;

namespace {

void write(AccessLog& log, std::string_view target) {
  log.write({.peer = "127.0.0.1", .method = "GET", .target = target, .status = 200});
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// The maximum size of the process's files, until the end of the scope.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    (void)::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    (void)::setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    (void)::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, old_action_);
  }

 private:
  rlimit before_{};
  void (*old_action_)(int) = std::signal(SIGXFSZ, SIG_IGN);
};

}  // namespace

TEST_CASE("A line that cannot be written throws, and later ones are written", "[accesslog]") {
  std::signal(SIGPIPE, SIG_IGN);
  const imagegallery::ScratchDirectory directory;
  const auto pipe = directory.path() / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const auto open_reader = [&] { return ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC); };
  int reader = open_reader();
  AccessLog log{pipe};
  ::close(reader);
  try {
    write(log, "/lost");
    FAIL("the line was written");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::storage_failure);
    CHECK(error.system_error() == EPIPE);
    CHECK_THAT(error.what(), ContainsSubstring("Broken pipe"));
  }
  reader = open_reader();
  write(log, "/kept");
  std::array<char, 1000> buffer{};
  const auto count = ::read(reader, buffer.data(), buffer.size());
  ::close(reader);
  REQUIRE(count > 0);
  const std::string line{buffer.data(), static_cast<std::size_t>(count)};
  CHECK(line.starts_with("127.0.0.1 - - ["));
  CHECK_THAT(line, ContainsSubstring("\"GET /kept\" 200 "));
}

TEST_CASE("After a line that a full disk has cut, the next one begins on its own", "[accesslog]") {
  const imagegallery::ScratchDirectory directory;
  const auto path = directory.path() / "access.log";
  AccessLog log{path};
  write(log, "/first");
  {
    const FileSizeLimit limit{text_of(path).size() + 10};
    CHECK_THROWS_AS(write(log, "/cut"), Error);
    CHECK_THROWS_AS(write(log, "/lost"), Error);
  }
  write(log, "/next");
  write(log, "/last");
  const auto text = text_of(path);
  CHECK_THAT(text, ContainsSubstring("\n127.0.0.1 \n127.0.0.1 - - ["));
  CHECK_THAT(text, ContainsSubstring("\"GET /next\" 200 "));
  CHECK_THAT(text, !ContainsSubstring("\n\n"));
  CHECK(std::count(text.begin(), text.end(), '\n') == 4);
}
