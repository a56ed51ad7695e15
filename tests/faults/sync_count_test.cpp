// SPDX-License-Identifier: Apache-2.0
#include "faulty_disk.hpp"

#include <imagegallery/storage/sqlite.hpp>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "sample_images.hpp"
#include "storage/scratch_directory.hpp"

namespace imagegallery::faults {
namespace {

using conformance::create;
using conformance::put;
using conformance::sample_bytes;
using conformance::sample_preview;
using conformance::sample_record;

// In the order of the facade: preview, original, commit.
void upload(StorageBackend& storage, const std::string& key) {
  const auto preview = put(storage, "acme", sample_bytes(10'000));
  auto record = sample_record("acme", key, put(storage, "acme", sample_bytes(100'000)), 100'000);
  record.previews = {sample_preview("preview", preview)};
  create(storage, record);
}

SqliteOptions without_checkpoints() {
  SqliteOptions options;
  options.checkpoint_bytes = 1u << 30;
  return options;
}

TEST_CASE("An upload costs one sync, storing its content none", "[faults]") {
  FaultyDisk disk;
  const ScratchDirectory directory;
  const auto storage = disk.open(directory.path() / "gallery.db", without_checkpoints());
  upload(*storage, "first.jpg");  // Also syncs the header of the WAL.
  const auto before = disk.log_syncs();

  put(*storage, "acme", sample_bytes(3'000'000));
  CHECK(disk.log_syncs() == before);
  for (int i = 0; i < 50; ++i) upload(*storage, std::to_string(i));

  CHECK(disk.log_syncs() - before == 50);
}

TEST_CASE("Concurrent uploads share their syncs", "[faults]") {
  constexpr int writers = 8;
  constexpr int uploads = 25;
  FaultyDisk disk;
  const ScratchDirectory directory;
  const auto storage = disk.open(directory.path() / "gallery.db", without_checkpoints());
  upload(*storage, "first.jpg");
  const auto before = disk.log_syncs();

  // A sync waits until the other writers have made their next call, as a real one of some
  // milliseconds would.
  std::atomic<int> working{writers};
  std::atomic<int> inside{0};
  disk.on_log_sync([&] {
    while (inside < working) std::this_thread::yield();
  });
  std::vector<std::thread> threads;
  for (int writer = 0; writer < writers; ++writer) {
    threads.emplace_back([&, writer] {
      const auto bytes = sample_bytes(100'000);
      const auto call = [&](auto action) {
        ++inside;
        action();
        --inside;
      };
      for (int i = 0; i < uploads; ++i) {
        ContentId preview;
        ContentId original;
        call([&] { preview = put(*storage, "acme", ByteView{bytes}.first(10'000)); });
        call([&] { original = put(*storage, "acme", bytes); });
        auto record = sample_record("acme", std::to_string(writer) + "-" + std::to_string(i),
                                    original, 100'000);
        record.previews = {sample_preview("preview", preview)};
        call([&] { create(*storage, record); });
      }
      --working;
    });
  }
  for (auto& thread : threads) thread.join();

  const auto syncs = disk.log_syncs() - before;
  WARN("syncs of " << writers * uploads << " uploads by " << writers << " writers: " << syncs);
  CHECK(storage->usage("acme").images == writers * uploads + 1);
  CHECK(syncs * 2 <= writers * uploads);
}

TEST_CASE("A WAL that exceeds its limit is checkpointed and reset", "[faults]") {
  FaultyDisk disk;
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  SqliteOptions options;
  options.checkpoint_bytes = 1u << 20;
  const auto storage = disk.open(path, options);

  for (int i = 0; i < 100; ++i) upload(*storage, std::to_string(i));

  CHECK(disk.database_syncs() >= 10);
  CHECK(disk.database_syncs() <= 100);
  CHECK(std::filesystem::file_size(path.string() + "-wal") < (2u << 20));
}

}  // namespace
}  // namespace imagegallery::faults
