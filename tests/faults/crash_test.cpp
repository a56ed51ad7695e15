// SPDX-License-Identifier: Apache-2.0
#include "child_process.hpp"

#include <imagegallery/storage/sqlite.hpp>

#include <csignal>
#include <cstdlib>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "catch.hpp"
#include "promises.hpp"
#include "storage/scratch_directory.hpp"
#include "stored_state.hpp"

namespace imagegallery::faults {
namespace {

// Kills of one test; more with IMAGEGALLERY_KILLS in the environment.
std::uint64_t kills() {
  const char* const wanted = std::getenv("IMAGEGALLERY_KILLS");
  return wanted == nullptr ? 25 : std::strtoull(wanted, nullptr, 10);
}

// Takes a line of the child's down. Returns whether it was an acknowledgement.
bool note(Promises& promises, const std::string& line) {
  std::istringstream words(line);
  std::string what;
  std::string key;
  std::string number;
  if (!(words >> what >> key >> number)) return false;  // Cut off by the kill.
  const auto contents = number == "nothing" ? Contents{} : Contents{std::stoull(number)};
  what == "done" ? promises.acknowledge(key, contents) : promises.begin(key, contents);
  return what == "done";
}

TEST_CASE("What is acknowledged survives a kill at any moment", "[faults]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  Promises promises;
  std::mt19937_64 random(4711);
  std::uint64_t acknowledged = 0;
  // One storage all along: each crash is recovered from, and written on.
  for (std::uint64_t kill = 1; kill <= kills(); ++kill) {
    ChildProcess child({IMAGEGALLERY_STORAGE_CHILD, "write", path.string(), std::to_string(kill)});
    // So many lines, then a moment more: the kill strikes anywhere in a change.
    for (auto lines = random() % 60; lines > 0; --lines) {
      const auto line = child.read_line();
      REQUIRE(line);
      if (note(promises, *line)) ++acknowledged;
    }
    const auto moment = std::chrono::microseconds{random() % 5'000};
    const auto deadline = std::chrono::steady_clock::now() + moment;
    while (std::chrono::steady_clock::now() < deadline) {
      if (const auto line = child.read_line(moment)) acknowledged += note(promises, *line);
    }
    child.kill();
    while (const auto line = child.read_line()) acknowledged += note(promises, *line);
    REQUIRE(child.wait() == -SIGKILL);

    CAPTURE(kill);
    {
      const auto storage = open_sqlite(path);
      REQUIRE(promises.broken(*storage) == std::vector<std::string>{});
    }
    REQUIRE(find_inconsistencies(path) == std::vector<std::string>{});
  }
  CHECK(acknowledged > kills());
}

}  // namespace
}  // namespace imagegallery::faults
