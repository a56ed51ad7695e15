// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite_log.hpp"

#include <imagegallery/storage/sqlite.hpp>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include "catch.hpp"
#include "error_code.hpp"
#include "sample_images.hpp"
#include "storage/file_lock.hpp"
#include "storage/scratch_directory.hpp"

namespace imagegallery {
namespace {

using conformance::code_of;
using conformance::create;
using conformance::put;
using conformance::sample_bytes;

constexpr std::uint64_t small_log = 256u << 10;

std::uint64_t log_size(const std::filesystem::path& database) {
  return std::filesystem::file_size(database.string() + "-wal");
}

std::uint64_t allocated_log(const std::filesystem::path& database) {
  struct ::stat found {};
  REQUIRE(::stat((database.string() + "-wal").c_str(), &found) == 0);
  return static_cast<std::uint64_t>(found.st_blocks) * 512;
}

// A connection of another program, with SQLite's own locks.
class Stranger {
 public:
  explicit Stranger(const std::filesystem::path& path) {
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK);
    handle_.reset(handle);
    sqlite3_busy_timeout(handle, 10'000);
    run("SELECT count(*) FROM image");  // else it does not know yet that there is a log
  }

  void run(const char* sql) {
    REQUIRE(sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  }

  // Whether it emptied the log.
  bool truncate_log() {
    int in_log = 0;
    int copied = 0;
    return sqlite3_wal_checkpoint_v2(handle_.get(), "main", SQLITE_CHECKPOINT_TRUNCATE, &in_log,
                                     &copied) == SQLITE_OK;
  }

 private:
  struct Close {
    void operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }
  };
  std::unique_ptr<sqlite3, Close> handle_;
};

TEST_CASE("The log stays short while readers overlap without a pause", "[log]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  const auto storage = open_sqlite(path, {.checkpoint_bytes = small_log});
  create(*storage, "acme", "pump.jpg");
  std::atomic<bool> stop{false};
  std::atomic<int> rounds{0};
  std::thread readers([&] {
    // Each begins before the other one ends.
    std::array<std::unique_ptr<sqlite::Connection>, 2> connections;
    for (auto& connection : connections) {
      connection = std::make_unique<sqlite::Connection>(path, sqlite::ConnectionOptions{});
    }
    connections[1]->execute("BEGIN; SELECT count(*) FROM image");
    while (!stop) {
      for (const auto& [begin, end] : {std::pair{0u, 1u}, std::pair{1u, 0u}}) {
        connections[begin]->execute("BEGIN; SELECT count(*) FROM image");
        connections[end]->execute("COMMIT");
      }
      ++rounds;
    }
  });

  std::uint64_t longest = 0;
  std::uint64_t written = 0;
  const auto bytes = sample_bytes(200'000);
  while (written < 64 * small_log || rounds < 10) {
    put(*storage, "acme", bytes);
    written += bytes.size();
    longest = std::max(longest, log_size(path));
  }
  stop = true;
  readers.join();

  CHECK(longest <= 16 * small_log);
  CHECK_FALSE(storage->status().problem);
}

TEST_CASE("A reader elsewhere that keeps the log from being reset is reported until it ends",
          "[log]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  const auto storage = open_sqlite(path, {.checkpoint_bytes = small_log});
  create(*storage, "acme", "pump.jpg");
  Stranger reader(path);
  reader.run("BEGIN; SELECT count(*) FROM image");
  const auto bytes = sample_bytes(200'000);

  // In small steps around the limit.
  for (int i = 0; i < 12; ++i) put(*storage, "acme", bytes);
  while (!storage->status().problem && storage->status().log_bytes < 17 * small_log) {
    create(*storage, "acme", "valve.jpg");
  }
  CHECK(storage->status().log_bytes >= 15 * small_log);
  for (int i = 0; i < 18; ++i) put(*storage, "acme", bytes);

  const auto pinned = storage->status();
  REQUIRE(pinned.problem);
  CHECK(pinned.problem->code() == ErrorCode::busy);
  CHECK_THAT(pinned.problem->what(), ContainsSubstring("reader"));
  CHECK(pinned.log_bytes > 16 * small_log);

  reader.run("COMMIT");
  for (int i = 0; i < 30; ++i) put(*storage, "acme", bytes);
  CHECK_FALSE(storage->status().problem);
  CHECK(storage->status().log_bytes < 16 * small_log);
  CHECK(log_size(path) <= 16 * small_log);
}

TEST_CASE("Another program's checkpoints make no change fail", "[log]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  const auto storage = open_sqlite(path, {.checkpoint_bytes = small_log});
  create(*storage, "acme", "pump.jpg");
  std::atomic<bool> stop{false};
  std::atomic<int> truncated{0};
  Stranger stranger(path);
  std::thread checkpoints([&] {
    while (!stop) truncated += stranger.truncate_log() ? 1 : 0;
  });

  int stored = 0;
  while (stored < 300 || truncated < 50) {
    const auto key = std::to_string(stored++) + ".jpg";
    REQUIRE(create(*storage, "acme", key).key == key);
  }
  stop = true;
  checkpoints.join();

  CHECK(storage->usage("acme").images == 1 + static_cast<std::uint64_t>(stored));
  // Its checkpoints may have kept ours from their turn, but none has failed.
  const auto problem = storage->status().problem;
  CHECK((!problem || problem->code() == ErrorCode::busy));
}

TEST_CASE("A checkpoint that finds another one at work is not a failed sync", "[log]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  const auto storage = open_sqlite(
      path, {.busy_timeout = std::chrono::milliseconds{50}, .checkpoint_bytes = 512u << 10});
  create(*storage, "acme", "pump.jpg");
  // The lock that a checkpoint holds (walformat.html §2.3), for as long as the test lasts.
  const auto index = path.string() + "-shm";
  const int file = ::open(index.c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(file >= 0);
  REQUIRE(sqlite::lock_bytes(file, sqlite::LockKind::exclusive, 121, 1) == 0);

  for (int i = 0; i < 10; ++i) {
    const auto key = std::to_string(i) + ".jpg";
    REQUIRE(create(*storage, "acme", key).key == key);
  }

  ::close(file);
  CHECK_FALSE(storage->status().problem);
}

TEST_CASE("The first MiB of the log keep their blocks on the disk", "[log]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  const auto storage = open_sqlite(path, {.checkpoint_bytes = 1u << 20});
  create(*storage, "acme", "pump.jpg");
  if (allocated_log(path) == 0) {
    WARN("this file system allocates no blocks ahead");
    return;
  }
  CHECK(allocated_log(path) >= (1u << 20));

  Stranger stranger(path);
  REQUIRE(stranger.truncate_log());
  CHECK(allocated_log(path) < (1u << 20));
  for (int i = 0; i < 12; ++i) put(*storage, "acme", sample_bytes(200'000));

  CHECK(allocated_log(path) >= (1u << 20));
}

TEST_CASE("A storage reports its log, its disk, and whether it can be written", "[log]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  const auto storage = open_sqlite(path);
  create(*storage, "acme", "pump.jpg");
  const auto changes = storage->changes_since(0, 10).sequence;
  const auto before = storage->status();
  CHECK(before.log_bytes > 0);
  CHECK(before.free_bytes.value_or(0) > 0);
  CHECK_FALSE(before.problem);

  storage->check_write();

  CHECK(storage->status().log_bytes > before.log_bytes);
  CHECK(storage->changes_since(0, 10).sequence == changes);
  const auto reading = open_sqlite(path, {.read_only = true});
  CHECK(code_of([&] { reading->check_write(); }) == ErrorCode::read_only);
  CHECK_FALSE(reading->status().problem);
}

}  // namespace
}  // namespace imagegallery
