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

// Kills per test. Overridden by the environment variable IMAGEGALLERY_KILLS.
std::uint64_t kills() {
  const char* const value = std::getenv("IMAGEGALLERY_KILLS");
  return value == nullptr ? 25 : std::strtoull(value, nullptr, 10);
}

// Records a line of the child's output. Returns whether it is an acknowledgement.
bool record(Promises& promises, const std::string& line) {
  std::istringstream fields(line);
  std::string event;
  std::string key;
  std::string number;
  if (!(fields >> event >> key >> number)) return false;  // Truncated by the kill.
  const auto contents = number == "nothing" ? Contents{} : Contents{std::stoull(number)};
  event == "done" ? promises.acknowledge(key, contents) : promises.begin(key, contents);
  return event == "done";
}

TEST_CASE("Acknowledged changes survive a kill at any time", "[faults]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  Promises promises;
  std::mt19937_64 random(4711);
  std::uint64_t acknowledged = 0;
  // All rounds use the same storage, which recovers from each crash.
  for (std::uint64_t kill = 1; kill <= kills(); ++kill) {
    ChildProcess child({IMAGEGALLERY_STORAGE_CHILD, "write", path.string(), std::to_string(kill)});
    // Waits for some lines plus a random delay, so that the kill hits anywhere in a change.
    for (auto lines = random() % 60; lines > 0; --lines) {
      const auto line = child.read_line();
      REQUIRE(line);
      if (record(promises, *line)) ++acknowledged;
    }
    const auto delay = std::chrono::microseconds{random() % 5'000};
    const auto deadline = std::chrono::steady_clock::now() + delay;
    while (std::chrono::steady_clock::now() < deadline) {
      if (const auto line = child.read_line(delay)) acknowledged += record(promises, *line);
    }
    child.kill();
    while (const auto line = child.read_line()) acknowledged += record(promises, *line);
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
