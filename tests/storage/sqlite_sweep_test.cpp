// SPDX-License-Identifier: Apache-2.0
// Sweeps that are interrupted, or that meet content which is still being stored.
#include <imagegallery/error.hpp>
#include <imagegallery/storage/sqlite.hpp>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "catch.hpp"
#include "error_code.hpp"
#include "sample_images.hpp"
#include "storage/raw_database.hpp"
#include "storage/scratch_directory.hpp"
#include "stored_state.hpp"

namespace imagegallery {
namespace {

using conformance::at;
using conformance::code_of;
using conformance::commit;
using conformance::create;
using conformance::far_future;
using conformance::put;
using conformance::sample_bytes;
using conformance::sample_record;
using conformance::stored_bytes;
using conformance::sweep_all;

constexpr std::size_t chunk_bytes = 256u << 10;

// Calls `before_read` with the offset of each read.
class WatchedSource final : public ByteSource {
 public:
  WatchedSource(Bytes bytes, std::function<void(std::uint64_t)> before_read)
      : bytes_(make_source(std::move(bytes))), before_read_(std::move(before_read)) {}
  std::uint64_t size() const override { return bytes_->size(); }
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    before_read_(offset);
    return bytes_->read_at(offset, into);
  }

 private:
  const std::shared_ptr<const ByteSource> bytes_;
  const std::function<void(std::uint64_t)> before_read_;
};

struct Fixture {
  ScratchDirectory directory;
  std::filesystem::path path = directory.path() / "gallery.db";
  std::unique_ptr<StorageBackend> storage = open_sqlite(path);

  int chunks() const { return std::stoi(on_stock_vfs(path).value("SELECT count(*) FROM chunk")); }
};

TEST_CASE("Content stored while older content is half deleted is not mixed with it", "[storage]") {
  Fixture f;
  // A sweep deletes 32 chunks at a time.
  put(*f.storage, "acme", sample_bytes(40 * chunk_bytes, 1), at(0));
  REQUIRE(f.storage->sweep(at(1), at(0)));
  REQUIRE(f.chunks() == 8);
  const auto bytes = sample_bytes(3 * chunk_bytes, 2);
  const auto content = put(*f.storage, "acme", bytes, at(10));
  CHECK(f.chunks() == 11);
  sweep_all(*f.storage, at(1));
  CHECK(f.chunks() == 3);
  CHECK((stored_bytes(*f.storage, content) == bytes));
}

TEST_CASE("Content that is swept while it is being stored is an error and leaves nothing",
          "[storage]") {
  Fixture f;
  const std::size_t pieces = GENERATE(2u, 3u);  // Of 1 MiB.
  const std::size_t swept_at = GENERATE(1u, 2u);
  const WatchedSource source(sample_bytes(pieces << 20), [&](std::uint64_t offset) {
    if (offset == swept_at << 20) sweep_all(*f.storage, far_future());
  });
  const auto content = ContentId::make();
  const auto store = [&] { f.storage->put_content("acme", content, source, at(0)); };
  if (swept_at < pieces) {
    CHECK(code_of(store) == ErrorCode::storage_failure);
    CHECK(code_of([&] { (void)stored_bytes(*f.storage, content); }) == ErrorCode::not_found);
    CHECK(f.chunks() == 0);
  } else {
    CHECK_FALSE(code_of(store));
  }
  sweep_all(*f.storage, far_future());
  CHECK(f.chunks() == 0);
}

TEST_CASE("Content whose storing is not finished cannot be read or used", "[storage]") {
  Fixture f;
  const auto content = ContentId::make();
  int tried = 0;
  const WatchedSource source(sample_bytes(2 << 20), [&](std::uint64_t offset) {
    if (offset == 0) return;
    ++tried;
    Bytes into(10);
    CHECK(code_of([&] { (void)f.storage->read_at(content, 0, into); }) == ErrorCode::not_found);
    CHECK(code_of([&] { create(*f.storage, sample_record("acme", "a.png", content)); }) ==
          ErrorCode::not_found);
  });
  f.storage->put_content("acme", content, source, at(0));
  CHECK(tried == 1);
  CHECK(stored_bytes(*f.storage, content).size() == 2 << 20);
}

TEST_CASE("A sweep deletes 10,000 changes of the log, and says whether there are more",
          "[storage]") {
  Fixture f;
  const int count = GENERATE(9'999, 10'000, 10'001, 20'001);
  std::vector<Change> changes;
  for (int i = 0; i < count; ++i) changes.push_back({SetTenantLimits{"acme", {}}, "", at(0)});
  (void)f.storage->commit(changes);
  std::uint64_t gone = 0;
  while (f.storage->sweep(at(0), at(1))) {
    gone += 10'000;
    CHECK(f.storage->changes_since(gone, 1).complete);
    CHECK_FALSE(f.storage->changes_since(gone - 1, 1).complete);
  }
  CHECK(gone == static_cast<std::uint64_t>((count - 1) / 10'000 * 10'000));
  const auto feed = f.storage->changes_since(0, 10);
  CHECK_FALSE(feed.complete);
  CHECK(feed.events.empty());
  CHECK(feed.sequence == static_cast<std::uint64_t>(count));
}

TEST_CASE("A sweep keeps changes at the given time and those after an older one", "[storage]") {
  Fixture f;
  for (const int when : {0, 5, 10, 3}) {
    commit(*f.storage, SetTenantLimits{"acme", {}}, at(when));
  }
  CHECK_FALSE(f.storage->sweep(at(0), at(10)));
  CHECK_FALSE(f.storage->changes_since(1, 10).complete);
  const auto feed = f.storage->changes_since(2, 10);
  CHECK(feed.complete);
  CHECK(feed.events.size() == 2);
}

TEST_CASE("Dropping content deletes all its chunks at once, however many", "[storage]") {
  Fixture f;
  const std::size_t chunks = GENERATE(1u, 31u, 32u, 33u, 64u, 65u);
  const auto content = put(*f.storage, "acme", sample_bytes(chunks * chunk_bytes), at(0));
  REQUIRE(f.chunks() == static_cast<int>(chunks));
  f.storage->drop_content(content);
  CHECK(f.chunks() == 0);
  f.storage.reset();
  CHECK(faults::find_inconsistencies(f.path) == std::vector<std::string>{});
  CHECK(faults::find_leftovers(f.path) == std::vector<std::string>{});
}

}  // namespace
}  // namespace imagegallery
