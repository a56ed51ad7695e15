// SPDX-License-Identifier: Apache-2.0
// The log after a sync that failed, while a reader pins it, and during a checkpoint.
#include "faulty_disk.hpp"

#include <imagegallery/error.hpp>
#include <imagegallery/storage/sqlite.hpp>

#include <sqlite3.h>

#include <stdexcept>
#include <string>
#include <utility>

#include "catch.hpp"
#include "error_code.hpp"
#include "sample_images.hpp"
#include "storage/scratch_directory.hpp"

namespace imagegallery::faults {
namespace {

using conformance::code_of;
using conformance::commit;
using conformance::create;
using conformance::message_of;
using conformance::put;
using conformance::sample_bytes;
using conformance::sample_record;
using conformance::stored_bytes;

// Another reader in this process, which keeps its snapshot until it is destroyed. It pins the log:
// nothing after the snapshot can be copied into the database.
class OldReader {
 public:
  explicit OldReader(const std::filesystem::path& path) {
    sqlite3_open_v2(path.c_str(), &handle_, SQLITE_OPEN_READONLY, nullptr);
    const char* const begin = "BEGIN; SELECT count(*) FROM image";
    if (sqlite3_exec(handle_, begin, nullptr, nullptr, nullptr) != SQLITE_OK) {
      throw std::runtime_error(sqlite3_errmsg(handle_));
    }
  }
  OldReader(const OldReader&) = delete;
  OldReader& operator=(const OldReader&) = delete;
  ~OldReader() { sqlite3_close(handle_); }

 private:
  sqlite3* handle_ = nullptr;
};

// A storage on a disk that loses the data of failed syncs.
struct Fixture {
  explicit Fixture(std::uint64_t checkpoint_bytes) {
    disk.expect_power_cut();
    disk.forget_after_failed_sync(true);
    SqliteOptions options;
    options.checkpoint_bytes = checkpoint_bytes;
    options.busy_timeout = std::chrono::milliseconds{0};
    storage = disk.open(path, options);
    create(*storage, "acme", "first.png");
  }

  ImageRecord upload(const std::string& key, const ContentId& content) {
    return create(*storage, sample_record("acme", key, content, bytes.size()));
  }

  // A commit whose sync fails.
  void fail_a_sync() {
    disk.arm(DiskCall::sync, DiskFault::io_error, 1, false);
    CHECK(code_of([&] { create(*storage, "acme", "failed.png"); }) == ErrorCode::storage_failure);
    REQUIRE(disk.triggered());
  }

  // Whether the image and its bytes are on the disk after a power cut now.
  bool survives_power_cut(const std::string& key) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      const auto after = directory.path() / ("after-" + std::to_string(seed));
      std::filesystem::create_directory(after);
      disk.cut_power(after, seed);
      const auto reopened = open_sqlite(after / "gallery.db");
      const auto record = reopened->find("acme", key);
      if (!record || stored_bytes(*reopened, record->content) != bytes) return false;
    }
    return true;
  }

  std::uintmax_t log_bytes() const { return std::filesystem::file_size(path.string() + "-wal"); }

  FaultyDisk disk;
  ScratchDirectory directory;
  std::filesystem::path path = directory.path() / "gallery.db";
  std::unique_ptr<StorageBackend> storage;
  const Bytes bytes = sample_bytes(100'000);
};

TEST_CASE("A commit after a failed sync does not rely on what was in the log before", "[faults]") {
  Fixture f(1u << 30);
  const auto content = put(*f.storage, "acme", f.bytes);  // In the log, without a sync.
  f.fail_a_sync();
  f.upload("second.png", content);
  CHECK(f.survives_power_cut("second.png"));
}

TEST_CASE("Without a failed sync a commit makes all that was in the log before it durable",
          "[faults]") {
  Fixture f(1u << 30);
  const auto content = put(*f.storage, "acme", f.bytes);
  f.upload("second.png", content);
  CHECK(f.survives_power_cut("second.png"));
}

TEST_CASE("After a failed sync no commit is confirmed while a reader pins the log", "[faults]") {
  Fixture f(1u << 30);
  const auto content = put(*f.storage, "acme", f.bytes);
  {
    const OldReader reader(f.path);
    const auto other = put(*f.storage, "acme", f.bytes);
    f.fail_a_sync();
    for (const char* key : {"second.png", "third.png"}) {
      const auto commit = [&] { f.upload(key, other); };
      CHECK(code_of(commit) == ErrorCode::storage_failure);
    }
    CHECK_THAT(message_of([&] { f.upload("fourth.png", other); }), ContainsSubstring("confirm"));
  }
  f.upload("fifth.png", content);
  CHECK(f.survives_power_cut("fifth.png"));
}

TEST_CASE("A change that writes nothing does not end the doubt after a failed sync", "[faults]") {
  Fixture f(1u << 30);
  const auto content = put(*f.storage, "acme", f.bytes);
  const OldReader reader(f.path);
  (void)put(*f.storage, "acme", f.bytes);
  f.fail_a_sync();
  (void)code_of([&] { commit(*f.storage, RemoveImage{.tenant = "acme", .id = ImageId::make()}); });
  CHECK(code_of([&] { f.upload("second.png", content); }) == ErrorCode::storage_failure);
}

TEST_CASE("A commit after a checkpoint whose sync failed does not rely on the log", "[faults]") {
  Fixture f(1u << 20);
  f.disk.arm(DiskCall::sync, DiskFault::io_error, 1, false);
  auto content = put(*f.storage, "acme", f.bytes);
  while (!f.disk.triggered()) content = put(*f.storage, "acme", f.bytes);
  f.upload("second.png", content);
  CHECK(f.survives_power_cut("second.png"));
}

TEST_CASE("A checkpoint that failed is reported until one completes", "[faults]") {
  Fixture f(1u << 20);
  f.disk.arm(DiskCall::sync, DiskFault::io_error, 1, false);
  while (!f.disk.triggered()) (void)put(*f.storage, "acme", f.bytes);
  CHECK(f.storage->status().problem);
  for (int i = 0; i < 20; ++i) (void)put(*f.storage, "acme", f.bytes);
  CHECK_FALSE(f.storage->status().problem);
}

TEST_CASE("Content is stored without confirmation after a failed sync", "[faults]") {
  Fixture f(1u << 30);
  (void)put(*f.storage, "acme", f.bytes);
  const OldReader reader(f.path);
  (void)put(*f.storage, "acme", f.bytes);
  f.fail_a_sync();
  CHECK_NOTHROW(put(*f.storage, "acme", f.bytes));
}

TEST_CASE("A log that a reader let grow gives its space back", "[faults]") {
  Fixture f(1u << 20);
  {
    const OldReader reader(f.path);
    for (int i = 0; i < 80; ++i) f.upload(std::to_string(i), put(*f.storage, "acme", f.bytes));
    REQUIRE(f.log_bytes() > (6u << 20));
  }
  for (int i = 80; i < 120; ++i) f.upload(std::to_string(i), put(*f.storage, "acme", f.bytes));
  CHECK(f.log_bytes() < (3u << 20));
}

TEST_CASE("Nobody can commit during a checkpoint", "[faults]") {
  Fixture f(64u << 10);
  auto other = f.disk.open(f.path, {.busy_timeout = std::chrono::milliseconds{0}});
  // A checkpoint and a commit begin with a sync of the log.
  int attempts = 0;
  int commits = 0;
  bool is_nested = false;
  f.disk.on_log_sync([&] {
    if (std::exchange(is_nested, true)) return;
    ++attempts;
    const auto code = code_of([&] { create(*other, "other", "b.png"); });
    if (code != ErrorCode::busy) ++commits;
    is_nested = false;
  });
  const auto before = f.disk.database_syncs();
  for (int i = 0; i < 10; ++i) f.upload(std::to_string(i), put(*f.storage, "acme", f.bytes));
  f.disk.on_log_sync({});
  CHECK(f.disk.database_syncs() > before);
  CHECK(attempts > 10);
  CHECK(commits == 0);
  CHECK_FALSE(other->find("other", "b.png"));
}

}  // namespace
}  // namespace imagegallery::faults
