// SPDX-License-Identifier: Apache-2.0
// Gallery operations are atomic whichever allocation fails, in this library or its dependencies. In
// its own program, because it replaces the allocator, as sanitizers do.
#include <imagegallery/error.hpp>
#include <imagegallery/storage/memory.hpp>
#include <imagegallery/storage/sqlite.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <new>

#include "catch.hpp"
#include "gallery_operations.hpp"
#include "storage/scratch_directory.hpp"
#include "stored_state.hpp"

namespace {

// Per thread: allocations of other threads never fail.
thread_local std::uint64_t allocations_left = 0;  // Until one fails; 0 for never.
thread_local bool from_then_on = false;
thread_local bool triggered = false;

bool fails() noexcept {
  if (allocations_left == 0) return false;
  if (allocations_left > 1) {
    --allocations_left;
    return false;
  }
  if (!from_then_on) allocations_left = 0;
  triggered = true;
  errno = ENOMEM;
  return true;
}

}  // namespace

// The C library's own functions, under the names provided for replacements.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);

void* malloc(std::size_t size) { return fails() ? nullptr : __libc_malloc(size); }
void* calloc(std::size_t count, std::size_t size) {
  return fails() ? nullptr : __libc_calloc(count, size);
}
void* realloc(void* block, std::size_t size) {
  return fails() ? nullptr : __libc_realloc(block, size);
}
}

namespace imagegallery::faults {
namespace {

constexpr Time start{std::chrono::milliseconds{1'700'000'000'000}};

/// Makes the `nth` allocation of this thread fail and, if `lasting`, all later ones, during its
/// lifetime.
class AllocationFault {
 public:
  AllocationFault(std::uint64_t nth, bool lasting) {
    triggered = false;
    from_then_on = lasting;
    allocations_left = nth;
  }
  AllocationFault(const AllocationFault&) = delete;
  AllocationFault& operator=(const AllocationFault&) = delete;
  ~AllocationFault() { allocations_left = 0; }
};

bool succeeds(const GalleryOperation& operation, ImageGallery& gallery, std::uint64_t nth,
              bool lasting) {
  try {
    const AllocationFault fault{nth, lasting};
    operation.run(gallery);
    return true;
  } catch (const std::bad_alloc&) {
  } catch (const Error& error) {
    CAPTURE(error.what());
    CHECK((error.code() == ErrorCode::storage_failure || error.code() == ErrorCode::busy));
  }
  return false;
}

// Notes how many allocations this thread has made when its first commit begins and returns.
class CommitProbe final : public ForwardingBackend {
 public:
  using ForwardingBackend::ForwardingBackend;

  std::vector<ChangeResult> commit(std::span<const Change> changes) override {
    const bool first = begins == 0;
    if (first) begins = countdown - allocations_left;
    auto results = next().commit(changes);
    if (first) returns = countdown - allocations_left;
    return results;
  }

  static constexpr std::uint64_t countdown = 1'000'000'000;
  static inline std::uint64_t begins = 0;  // 0 without a commit
  static inline std::uint64_t returns = 0;
};

void count_allocations(const GalleryOperation& operation, ImageGallery& gallery) {
  CommitProbe::begins = CommitProbe::returns = 0;
  const AllocationFault none{CommitProbe::countdown, false};
  operation.run(gallery);
}

// The next allocation to fail. The steps grow by 10 %, unless IMAGEGALLERY_EVERY_FAULT is set; but
// from the end of the commit on, every allocation fails once.
std::uint64_t after(std::uint64_t nth, std::uint64_t end_of_commit) {
  static const bool every = std::getenv("IMAGEGALLERY_EVERY_FAULT") != nullptr;
  constexpr std::uint64_t margin = 20;
  const auto step = nth + 1 + nth / 10;
  if (every) return nth + 1;
  if (end_of_commit == 0) return step;
  const auto dense_from = end_of_commit < margin ? 1 : end_of_commit - margin;
  return nth < dense_from ? std::min(step, dense_from) : nth + 1;
}

TEST_CASE("An operation is atomic if any allocation fails", "[faults]") {
  const bool in_sqlite = GENERATE(false, true);
  const bool lasting = GENERATE(false, true);
  const ScratchDirectory directory;
  const auto prepared = directory.path() / "prepared.db";
  const auto path = directory.path() / "trial.db";
  const auto fill_one = [](std::unique_ptr<StorageBackend> storage) {
    ImageGallery gallery{std::move(storage), {.now = [] { return start; }}};
    fill(gallery);
  };
  fill_one(open_sqlite(prepared));
  const auto make = [&]() -> std::unique_ptr<StorageBackend> {
    if (in_sqlite) {
      std::filesystem::copy_file(prepared, path, std::filesystem::copy_options::overwrite_existing);
      return std::make_unique<CommitProbe>(open_sqlite(path));
    }
    const std::shared_ptr<StorageBackend> storage = open_memory();
    fill_one(std::make_unique<ForwardingBackend>(storage));
    return std::make_unique<CommitProbe>(storage);
  };

  for (const auto& operation : gallery_operations()) {
    std::string expected;
    {
      ImageGallery gallery{make(), options_of(operation, start)};
      (void)learn_etags(gallery);
      count_allocations(operation, gallery);
      expected = state_of(gallery);
    }
    const auto begin_of_commit = CommitProbe::begins;
    const auto end_of_commit = CommitProbe::returns;
    std::uint64_t tried_in_commit = 0;
    for (std::uint64_t nth = 1;; nth = after(nth, end_of_commit)) {
      CAPTURE(in_sqlite, operation.name, lasting, nth, begin_of_commit, end_of_commit);
      Time now = start;
      bool reached = false;
      std::size_t told = 0;
      {
        auto options = options_of(operation, now);
        options.on_event = [&](const Event&) { ++told; };
        ImageGallery gallery{make(), std::move(options)};
        const auto before = state_of(gallery);
        const auto known = learn_etags(gallery);

        const bool succeeded = succeeds(operation, gallery, nth, lasting);
        reached = triggered;
        if (!reached) REQUIRE(succeeded);

        const auto state = state_of(gallery);
        if (succeeded) {
          CHECK(state == expected);
        } else if (!operation.has_steps) {
          CHECK(state == before);
          CHECK(told == 0);
        }
        if (nth > begin_of_commit) ++tried_in_commit;
        CHECK(stale_etags(gallery, known) == std::vector<std::string>{});
        now += std::chrono::hours{24 * 30};
        while (gallery.sweep()) {
        }
        if (!operation.has_steps) CHECK(state_of(gallery) == state);
      }
      if (in_sqlite) {
        CHECK(find_inconsistencies(path) == std::vector<std::string>{});
        CHECK(find_leftovers(path) == std::vector<std::string>{});
      }
      if (!reached) break;
    }
    // Otherwise nothing of interest was tried.
    CHECK((begin_of_commit == 0 || operation.has_steps || tried_in_commit > 1));
  }
}

}  // namespace
}  // namespace imagegallery::faults
