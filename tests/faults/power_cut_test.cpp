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

// Trials of one test; more with IMAGEGALLERY_POWER_CUTS in the environment.
std::uint64_t trials() {
  const char* const wanted = std::getenv("IMAGEGALLERY_POWER_CUTS");
  return wanted == nullptr ? 100 : std::strtoull(wanted, nullptr, 10);
}

enum class Syncs { kept, ignored, one_fails };

// A writer works until the power goes, at a moment that the seed decides. Returns what is wrong
// with what is on the disk then.
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
    const auto storage = open_sqlite(directory.path() / "gallery.db", options);
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
  std::vector<std::string> wrong;
  try {
    const auto storage = open_sqlite(after.path() / "gallery.db");
    wrong = promises.broken(*storage);
  } catch (const Error& error) {
    wrong.emplace_back(error.what());
  }
  for (const auto& what : find_inconsistencies(after.path() / "gallery.db")) wrong.push_back(what);
  return wrong;
}

TEST_CASE("What is acknowledged survives a power cut at any write or sync", "[faults]") {
  for (std::uint64_t seed = 1; seed <= trials(); ++seed) {
    CAPTURE(seed);
    REQUIRE(cut_power_during_work(seed, Syncs::kept) == std::vector<std::string>{});
  }
}

TEST_CASE("After a failed sync, what is acknowledged still survives a power cut", "[faults]") {
  for (std::uint64_t seed = 1; seed <= trials(); ++seed) {
    CAPTURE(seed);
    REQUIRE(cut_power_during_work(seed, Syncs::one_fails) == std::vector<std::string>{});
  }
}

TEST_CASE("The power cut would show a storage that does not sync", "[faults]") {
  std::uint64_t lost = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    if (!cut_power_during_work(seed, Syncs::ignored).empty()) ++lost;
  }
  CHECK(lost >= 10);
}

}  // namespace
}  // namespace imagegallery::faults
