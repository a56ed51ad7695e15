// SPDX-License-Identifier: Apache-2.0
#include "upkeep.hpp"

#include <imagegallery/storage/memory.hpp>
#include <imagegallery/storage/sqlite.hpp>

#include "catch.hpp"
#include "storage/scratch_directory.hpp"
#include "support/failing_storage.hpp"
#include "support/test_image.hpp"

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

using namespace gallery_server;
using namespace imagegallery;
using namespace std::chrono_literals;

namespace {

/// A storage that has something to sweep for some calls.
class SweptStorage final : public ForwardingBackend {
 public:
  SweptStorage(std::shared_ptr<StorageBackend> next, std::shared_ptr<int> slices)
      : ForwardingBackend(std::move(next)), slices_(std::move(slices)) {}
  bool sweep(Time /*content_before*/, Time /*changes_before*/) override {
    if (*slices_ > 0) --*slices_;
    return *slices_ > 0;
  }

 private:
  std::shared_ptr<int> slices_;
};

struct Kept {
  Kept() {
    faults->before = [this](std::string_view call) {
      if (call == "sweep") ++sweeps;
      if (call == "check_write") ++checks;
      if (call == failing) throw Error{ErrorCode::read_only, "/srv/gallery.db: read-only"};
    };
  }

  std::vector<std::string> take() { return std::exchange(lines, {}); }

  int sweeps = 0;
  int checks = 0;
  int pauses = 0;
  std::string failing;
  std::vector<std::string> lines;
  std::function<void()> on_pause = [] {};
  std::chrono::steady_clock::time_point now{};
  std::shared_ptr<int> slices = std::make_shared<int>(0);
  std::shared_ptr<StorageFaults> faults = std::make_shared<StorageFaults>();
  ErrorLog log{[this](std::string_view line) { lines.emplace_back(line); }, [this] { return now; }};
  ImageGallery gallery{std::make_unique<FailingStorage>(
                           std::make_shared<SweptStorage>(open_memory(), slices), faults),
                       {.on_error = [this](const ErrorReport& report) { log.report(report); }}};
  Upkeep upkeep{gallery, log,
                [this](Upkeep::Duration) {
                  ++pauses;
                  on_pause();
                },
                [this] { return now; }};
};

}  // namespace

TEST_CASE("A run sweeps until nothing is left, with a pause after each slice", "[upkeep]") {
  Kept f;
  *f.slices = 500;
  f.upkeep.run();
  CHECK(f.sweeps == 500);
  CHECK(f.pauses == 499);
  CHECK(*f.slices == 0);
}

TEST_CASE("One run frees the space of all removed images", "[upkeep]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "g.db";
  const auto add_and_remove = [&](std::uint32_t seed) {
    const auto acme = Principal::tenant_admin("acme");
    ErrorLog log{[](std::string_view) {}};
    ImageGallery gallery{open_sqlite(path), {.content_grace = 0min}};
    std::vector<ImageRef> refs;
    for (std::uint32_t i = 0; i < 30; ++i) {
      const auto bytes = make_test_png(400, 300, seed + i, true);  // Two chunks and a preview.
      refs.push_back(gallery.upload(acme, Upload::from_bytes(bytes)).ref);
    }
    REQUIRE(gallery.remove(acme, refs).all_removed());
    int pauses = 0;
    Upkeep upkeep{gallery, log, [&](Upkeep::Duration) { ++pauses; }};
    upkeep.run();
    CHECK(pauses > 1);  // One slice would not do.
    CHECK_FALSE(gallery.sweep());
  };
  add_and_remove(0);
  const auto first = std::filesystem::file_size(path);
  for (std::uint32_t round = 1; round < 5; ++round) add_and_remove(round * 100);
  CHECK(std::filesystem::file_size(path) < 2 * first);
}

TEST_CASE("Writers get in between two slices of a sweep", "[upkeep]") {
  Kept f;
  *f.slices = 5;
  std::uint32_t uploads = 0;
  f.on_pause = [&] {
    ++uploads;
    f.gallery.upload(Principal::tenant_admin("acme"),
                     Upload::from_bytes(make_test_png(8, 8, uploads)));
  };
  f.upkeep.run();
  CHECK(uploads == 4);
  CHECK(f.gallery.usage(Principal::tenant_admin("acme")).images == 4);
}

TEST_CASE("The next sweep begins a period after the last one ended", "[upkeep]") {
  Kept f;
  f.upkeep.run();
  CHECK(f.sweeps == 1);
  f.now += Upkeep::sweep_period - 1ms;
  f.upkeep.run();
  CHECK(f.sweeps == 1);
  f.now += 1ms;
  f.upkeep.run();
  CHECK(f.sweeps == 2);
}

TEST_CASE("A sweep that fails is one line, and the next period tries again", "[upkeep]") {
  Kept f;
  f.failing = "sweep";
  f.upkeep.run();
  CHECK(f.sweeps == 1);
  const auto lines = f.take();
  REQUIRE(lines.size() == 1);
  CHECK_THAT(lines[0], ContainsSubstring("source=upkeep code=read_only operation=\"sweep\""));
  f.failing.clear();
  *f.slices = 3;
  f.now += Upkeep::sweep_period;
  f.upkeep.run();
  CHECK(*f.slices == 0);
}

TEST_CASE("The health is checked each minute, and each second while it is bad", "[upkeep]") {
  Kept f;
  const auto run_for = [&](int seconds) {
    const int before = f.checks;
    for (int i = 0; i < seconds; ++i) {
      f.upkeep.run();
      f.now += 1s;
    }
    return f.checks - before;
  };
  CHECK(run_for(600) == 10);
  f.failing = "check_write";
  CHECK(run_for(60) == 60);  // Its first check is due, and finds it.
  CHECK_FALSE(f.gallery.health().healthy);
  f.failing.clear();
  CHECK(run_for(60) == 1);
  CHECK(f.gallery.health().healthy);
}

TEST_CASE("A storage that fails and works again is one line each", "[upkeep]") {
  Kept f;
  f.failing = "check_write";
  for (int i = 0; i < 30; ++i) {
    f.upkeep.run();
    f.now += 1s;
  }
  auto lines = f.take();
  REQUIRE(lines.size() == 1);
  CHECK_THAT(lines[0],
             ContainsSubstring("source=storage code=read_only operation=\"check_health\""));
  f.failing.clear();
  for (int i = 0; i < 30; ++i) {
    f.upkeep.run();
    f.now += 1s;
  }
  lines = f.take();
  REQUIRE(lines.size() == 1);
  CHECK_THAT(lines[0], ContainsSubstring("note The gallery stores changes again."));
}

TEST_CASE("A write that fails between two checks makes the next check due at once", "[upkeep]") {
  Kept f;
  f.upkeep.run();
  const int before = f.checks;
  f.failing = "commit";
  CHECK_THROWS_AS(f.gallery.set_limits(Principal::system_admin(), "acme", {}), Error);
  f.failing.clear();
  f.now += 1s;
  f.upkeep.run();
  CHECK(f.checks == before + 1);
  CHECK(f.gallery.health().healthy);
}

TEST_CASE("The health is checked during a long sweep, too", "[upkeep]") {
  Kept f;
  *f.slices = 100;
  f.failing = "check_write";
  f.on_pause = [&] { f.now += 1s; };
  f.upkeep.run();
  CHECK(f.checks == 100);
  CHECK_FALSE(f.gallery.health().healthy);
}

TEST_CASE("A run returns at once while another one is at work", "[upkeep]") {
  Kept f;
  *f.slices = 3;
  f.on_pause = [&] {
    const int before = f.sweeps;
    std::thread([&] { f.upkeep.run(); }).join();
    CHECK(f.sweeps == before);
  };
  f.upkeep.run();
  CHECK(f.sweeps == 3);
}

TEST_CASE("Stopping ends a sweep after its slice, and a wait at once", "[upkeep]") {
  Kept f;
  *f.slices = 1000;
  f.on_pause = [&] {
    if (f.pauses == 7) f.upkeep.stop();
  };
  f.upkeep.run();
  CHECK(f.sweeps == 7);
  f.upkeep.run();
  CHECK(f.sweeps == 7);

  // With its own wait, a stopped one does not wait.
  *f.slices = 1000;
  Upkeep own{f.gallery, f.log};
  own.stop();
  own.run();
  CHECK(*f.slices == 1000);
}

TEST_CASE("The counts of the error log are written by the upkeep", "[upkeep]") {
  Kept f;
  for (unsigned i = 0; i < ErrorLog::burst + 5; ++i) {
    f.log.report({.source = ErrorSource::transport, .message = "no room for a body"});
  }
  (void)f.take();
  f.now += ErrorLog::period;
  f.upkeep.run();
  const auto lines = f.take();
  REQUIRE(lines.size() == 1);
  CHECK_THAT(lines[0], ContainsSubstring("5 more like this"));
}
