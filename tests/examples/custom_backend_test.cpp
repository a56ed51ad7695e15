// SPDX-License-Identifier: Apache-2.0
// The decorators of examples/custom_backend pass the conformance suite and work as documented.
#include "audited_storage.hpp"

#include <imagegallery/error.hpp>
#include <imagegallery/storage/memory.hpp>
#include <imagegallery/storage/sqlite.hpp>

#include <vector>

#include "catch.hpp"
#include "faulty_storage.hpp"
#include "sample_images.hpp"
#include "storage/scratch_directory.hpp"
#include "storage_backend_suite.hpp"

using namespace custom_backend;

namespace imagegallery::conformance {
namespace {

std::unique_ptr<StorageBackend> decorated(std::unique_ptr<StorageBackend> storage) {
  auto faulty = std::make_shared<FaultyStorage>(std::move(storage), std::make_shared<FaultPlan>());
  return std::make_unique<AuditedStorage>(std::move(faulty), [](const std::string&) {});
}

class DecoratedMemory final : public Storage {
 public:
  StorageBackend& backend() override { return *backend_; }

 private:
  const std::unique_ptr<StorageBackend> backend_ = decorated(open_memory());
};

class DecoratedSqlite final : public Storage {
 public:
  StorageBackend& backend() override { return *backend_; }
  std::unique_ptr<StorageBackend> open_again() override { return decorated(open_sqlite(path_)); }

 private:
  const ScratchDirectory directory_;
  const std::filesystem::path path_ = directory_.path() / "gallery.db";
  const std::unique_ptr<StorageBackend> backend_ = decorated(open_sqlite(path_));
};

}  // namespace

const std::vector<BackendKind>& backend_kinds() {
  static const std::vector<BackendKind> kinds{
      {"decorated memory", {}, [] { return std::make_unique<DecoratedMemory>(); }},
      {"decorated sqlite", {.is_shared = true}, [] { return std::make_unique<DecoratedSqlite>(); }},
  };
  return kinds;
}

TEST_CASE("Every commit is logged with its actor and outcome", "[custom_backend]") {
  std::vector<std::string> lines;
  AuditedStorage storage{open_memory(), [&](const std::string& line) { lines.push_back(line); }};
  const auto record = create(storage, "acme", "pump.jpg");
  commit(storage, AttachUse{"acme", record.id, {"DASHBOARD", "1", "Main", "acme"}});
  commit(storage, RemoveImage{"acme", record.id, {}, false});
  CHECK_THROWS_AS(commit(storage, UpdateImage{record, 99, ChangeKind::renamed, {}}), Error);

  REQUIRE(lines.size() == 4);
  CHECK(lines[0] == "tester: create acme/pump.jpg: applied as change 1");
  CHECK_THAT(lines[1], ContainsSubstring("attach DASHBOARD 1 to acme/"));
  CHECK_THAT(lines[2], ContainsSubstring("remove acme/") && ContainsSubstring(": in use"));
  CHECK_THAT(lines[3], ContainsSubstring("renamed acme/pump.jpg: failed: "));
}

TEST_CASE("Exactly the planned call fails, or all calls from it on", "[custom_backend]") {
  const auto plan = std::make_shared<FaultPlan>();
  FaultyStorage storage{open_memory(), plan};
  const auto fails = [&] {
    try {
      (void)storage.usage("acme");
      return false;
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::storage_failure);
      return true;
    }
  };
  plan->arm(2);
  CHECK_FALSE(fails());
  CHECK_FALSE(plan->triggered());
  CHECK(fails());
  CHECK(plan->triggered());
  CHECK_FALSE(fails());

  plan->arm(1, true);
  CHECK(fails());
  CHECK(fails());
  plan->disarm();
  CHECK_FALSE(fails());
}

}  // namespace imagegallery::conformance
