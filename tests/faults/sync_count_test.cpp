// SPDX-License-Identifier: Apache-2.0
#include "faulty_disk.hpp"

#include <imagegallery/storage/sqlite.hpp>

#include <string>

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
