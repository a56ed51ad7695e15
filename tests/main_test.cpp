// SPDX-License-Identifier: Apache-2.0
// The checks that main.cpp adds to every test program.
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>
#include <thread>

#include "catch.hpp"

namespace {

struct Ending {
  int status = 0;      // As from waitpid.
  std::string output;  // Both streams.
};

// Runs `assertion` on another thread of a child process, which ends after it.
template <typename Assertion>
Ending end_of(Assertion assertion) {
  std::array<int, 2> pipe{};
  REQUIRE(::pipe(pipe.data()) == 0);
  const auto child = ::fork();
  if (child == 0) {
    ::dup2(pipe[1], STDOUT_FILENO);
    ::dup2(pipe[1], STDERR_FILENO);
    std::thread(assertion).join();
    ::_exit(0);
  }
  ::close(pipe[1]);
  Ending ending;
  std::array<char, 4096> buffer{};
  for (ssize_t count = 0; (count = ::read(pipe[0], buffer.data(), buffer.size())) > 0;) {
    ending.output.append(buffer.data(), static_cast<std::size_t>(count));
  }
  ::close(pipe[0]);
  REQUIRE(::waitpid(child, &ending.status, 0) == child);
  return ending;
}

void check_abort(const Ending& ending) {
  CAPTURE(ending.output);
  CHECK(WIFSIGNALED(ending.status));
  CHECK(WTERMSIG(ending.status) == SIGABRT);
  CHECK_THAT(ending.output, ContainsSubstring("outside of the test's own thread"));
}

}  // namespace

TEST_CASE("An assertion outside of a test's own thread ends the program", "[main]") {
  check_abort(end_of([] { CHECK(true); }));
  check_abort(end_of([] { CHECK_NOTHROW(0); }));
  check_abort(end_of([] { CHECK_THROWS(throw 1); }));
  const auto without = end_of([] {});
  CHECK(WIFEXITED(without.status));
}
