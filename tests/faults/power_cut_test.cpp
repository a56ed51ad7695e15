// SPDX-License-Identifier: Apache-2.0
#include "faulty_disk.hpp"

#include <imagegallery/error.hpp>
#include <imagegallery/storage/sqlite.hpp>

#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "catch.hpp"
#include "promises.hpp"
#include "storage/scratch_directory.hpp"
#include "stored_state.hpp"

namespace imagegallery::faults {
namespace {

// Trials per test. Overridden by the environment variable IMAGEGALLERY_POWER_CUTS.
std::uint64_t trials() {
  const char* const value = std::getenv("IMAGEGALLERY_POWER_CUTS");
  return value == nullptr ? 100 : std::strtoull(value, nullptr, 10);
}

enum class Syncs { kept, ignored, one_fails };

// Runs a writer until a power cut at a point determined by the seed. Returns the problems found on
// the disk after it.
std::vector<std::string> cut_power_during_work(std::uint64_t seed, Syncs syncs) {
  std::mt19937_64 random(seed);
  FaultyDisk disk;
  disk.expect_power_cut();
  disk.ignore_syncs(syncs == Syncs::ignored);
  const ScratchDirectory directory;
  const ScratchDirectory after;
  SqliteOptions options;
  options.checkpoint_bytes = (64u << 10) << random() % 7;
  Promises promises;
  {
    const auto storage = disk.open(directory.path() / "gallery.db", options);
    std::atomic<std::int64_t> clock{0};
    Writer writer(*storage, "image", random(), clock,
                  [&](bool acknowledged, const std::string& key, const Contents& contents) {
                    if (disk.power_was_cut()) return;
                    acknowledged ? promises.acknowledge(key, contents)
                                 : promises.begin(key, contents);
                  });
    if (syncs == Syncs::one_fails) {
      disk.forget_after_failed_sync(true);
      disk.arm(DiskCall::sync, DiskFault::io_error, 1 + random() % 20, false);
    }
    disk.cut_power_at(1 + random() % 2'000, after.path(), random());
    while (!disk.power_was_cut()) {
      try {
        writer.step();
      } catch (const Error& error) {
        if (syncs != Syncs::one_fails || error.code() != ErrorCode::storage_failure) throw;
      }
    }
  }
  std::vector<std::string> problems;
  try {
    const auto storage = disk.open(after.path() / "gallery.db");
    problems = promises.broken(*storage);
  } catch (const Error& error) {
    problems.emplace_back(error.what());
  }
  for (const auto& problem : find_inconsistencies(after.path() / "gallery.db")) {
    problems.push_back(problem);
  }
  return problems;
}

TEST_CASE("Acknowledged changes survive a power cut at any write or sync", "[faults]") {
  for (std::uint64_t seed = 1; seed <= trials(); ++seed) {
    CAPTURE(seed);
    REQUIRE(cut_power_during_work(seed, Syncs::kept) == std::vector<std::string>{});
  }
}

TEST_CASE("Acknowledged changes survive a power cut after a failed sync", "[faults]") {
  for (std::uint64_t seed = 1; seed <= trials(); ++seed) {
    CAPTURE(seed);
    REQUIRE(cut_power_during_work(seed, Syncs::one_fails) == std::vector<std::string>{});
  }
}

TEST_CASE("The power cut test detects a storage that does not sync", "[faults]") {
  std::uint64_t lost = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    if (!cut_power_during_work(seed, Syncs::ignored).empty()) ++lost;
  }
  CHECK(lost >= 10);
}

}  // namespace
}  // namespace imagegallery::faults
