// SPDX-License-Identifier: Apache-2.0
// Gallery operations are atomic whichever storage call fails.
#include "faulty_storage.hpp"

#include <imagegallery/error.hpp>
#include <imagegallery/storage/memory.hpp>
#include <imagegallery/storage/sqlite.hpp>

#include <filesystem>

#include "catch.hpp"
#include "gallery_operations.hpp"
#include "storage/scratch_directory.hpp"
#include "stored_state.hpp"

namespace imagegallery::faults {
namespace {

using custom_backend::FaultPlan;
using custom_backend::FaultyStorage;

constexpr Time start{std::chrono::milliseconds{1'700'000'000'000}};

/// Creates storages with identical content.
class Storages {
 public:
  explicit Storages(bool in_sqlite) : in_sqlite_(in_sqlite) {
    if (in_sqlite) fill_one(open_sqlite(prepared_));
  }

  std::unique_ptr<StorageBackend> make() const {
    if (!in_sqlite_) {
      const std::shared_ptr<StorageBackend> storage = open_memory();
      fill_one(std::make_unique<ForwardingBackend>(storage));
      return std::make_unique<ForwardingBackend>(storage);
    }
    std::filesystem::copy_file(prepared_, path_, std::filesystem::copy_options::overwrite_existing);
    return open_sqlite(path_);
  }

  /// Problems in the file of the last storage, which must be closed and swept.
  std::vector<std::string> faults() const {
    if (!in_sqlite_) return {};
    auto found = find_inconsistencies(path_);
    for (auto& leftover : find_leftovers(path_)) found.push_back(std::move(leftover));
    return found;
  }

 private:
  static void fill_one(std::unique_ptr<StorageBackend> storage) {
    ImageGallery gallery{std::move(storage), {.now = [] { return start; }}};
    fill(gallery);
  }

  const bool in_sqlite_;
  const ScratchDirectory directory_;
  const std::filesystem::path prepared_ = directory_.path() / "prepared.db";
  const std::filesystem::path path_ = directory_.path() / "trial.db";
};

std::string state_without_faults(const Storages& storages, const GalleryOperation& operation) {
  ImageGallery gallery{storages.make(), options_of(operation, start)};
  operation.run(gallery);
  return state_of(gallery);
}

bool succeeds(const GalleryOperation& operation, ImageGallery& gallery) {
  try {
    operation.run(gallery);
    return true;
  } catch (const Error& error) {
    CAPTURE(error.what());
    CHECK(error.code() == ErrorCode::storage_failure);
    return false;
  }
}

void sweep_all(ImageGallery& gallery, Time& now) {
  now += std::chrono::hours{24 * 30};
  while (gallery.sweep()) {
  }
}

TEST_CASE("An operation is atomic if any storage call fails", "[faults]") {
  const bool in_sqlite = GENERATE(false, true);
  const bool from_then_on = GENERATE(false, true);
  const Storages storages{in_sqlite};
  for (const auto& operation : gallery_operations()) {
    const auto expected = state_without_faults(storages, operation);
    bool triggered = true;
    for (std::uint64_t nth = 1; triggered; ++nth) {
      CAPTURE(in_sqlite, operation.name, from_then_on, nth);
      Time now = start;
      const auto plan = std::make_shared<FaultPlan>();
      {
        ImageGallery gallery{std::make_unique<FaultyStorage>(storages.make(), plan),
                             options_of(operation, now)};
        const auto before = state_of(gallery);
        const auto known = learn_etags(gallery);

        plan->arm(nth, from_then_on);
        const bool succeeded = succeeds(operation, gallery);
        plan->disarm();
        triggered = plan->triggered();
        if (!triggered) REQUIRE(succeeded);

        if (succeeded) {
          CHECK(state_of(gallery) == expected);
        } else if (!operation.has_steps) {
          CHECK(state_of(gallery) == before);
        }
        CHECK(stale_etags(gallery, known) == std::vector<std::string>{});
        if (!succeeded) {
          operation.run(gallery);
          CHECK(state_of(gallery) == expected);
          CHECK(stale_etags(gallery, known) == std::vector<std::string>{});
        }
        sweep_all(gallery, now);
        CHECK(state_of(gallery) == expected);
      }
      CHECK(storages.faults() == std::vector<std::string>{});
      REQUIRE(nth < 1000);
    }
  }
}

}  // namespace
}  // namespace imagegallery::faults
