// SPDX-License-Identifier: Apache-2.0
#include "child_process.hpp"

#include <imagegallery/error.hpp>
#include <imagegallery/storage/sqlite.hpp>

#include <csignal>
#include <string>
#include <vector>

#include "catch.hpp"
#include "error_code.hpp"
#include "sample_images.hpp"
#include "storage/scratch_directory.hpp"
#include "stored_state.hpp"

namespace imagegallery::faults {
namespace {

TEST_CASE("Two processes of eight threads each share a quota to the last byte", "[faults]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  const auto storage = open_sqlite(path);
  // Space for 100 images of 10 bytes, plus 9 bytes that fit no image.
  conformance::commit(*storage,
                      SetTenantLimits{"acme", {.max_image_bytes = 0, .max_total_bytes = 1009}});
  ChildProcess first({IMAGEGALLERY_STORAGE_CHILD, "race", path.string(), "10"});
  ChildProcess second({IMAGEGALLERY_STORAGE_CHILD, "race", path.string(), "10"});
  REQUIRE(first.read_line() == "ready");
  REQUIRE(second.read_line() == "ready");

  first.write_line("go");
  second.write_line("go");
  const auto created =
      std::stoull(first.read_line().value()) + std::stoull(second.read_line().value());

  CHECK(first.wait() == 0);
  CHECK(second.wait() == 0);
  CHECK(created == 100);
  CHECK(storage->usage("acme").images == 100);
  CHECK(storage->usage("acme").bytes == 1000);
  ListRequest request;
  request.tenant = "acme";
  request.count = 1000;
  const auto images = storage->list(request);
  CHECK(images.size() == 100);
  for (const auto& image : images) {
    CHECK(conformance::stored_bytes(*storage, image.content).size() == 5);
  }
  // Rejected uploads left nothing behind.
  CHECK_FALSE(storage->sweep(conformance::far_future(), conformance::at(0)));
  CHECK(find_inconsistencies(path) == std::vector<std::string>{});
}

TEST_CASE("While another process writes, changes fail as busy after the timeout and reads succeed",
          "[faults]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  SqliteOptions options;
  options.busy_timeout = std::chrono::milliseconds{1};
  const auto storage = open_sqlite(path, options);
  const auto record = conformance::create(*storage, "acme", "pump.jpg");
  ChildProcess holder({IMAGEGALLERY_STORAGE_CHILD, "hold", path.string()});
  REQUIRE(holder.read_line() == "held");

  try {
    conformance::create(*storage, "acme", "valve.jpg");
    FAIL("expected busy");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::busy);
    CHECK(error.retryable());
    CHECK_THAT(error.what(), ContainsSubstring("gallery.db") && ContainsSubstring("locked"));
  }
  CHECK(storage->find("acme", "pump.jpg") == record);
  CHECK(conformance::stored_bytes(*storage, record.content).size() == 5);
  CHECK(storage->changes_since(0, 10).sequence == 1);

  holder.write_line("let go");
  CHECK(holder.wait() == 0);
  CHECK(conformance::create(*storage, "acme", "valve.jpg").key == "valve.jpg");
}

// A storage whose changes do not wait, while a killed process's child is alive.
std::string message_after_kill(const std::string& how) {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  SqliteOptions options;
  options.busy_timeout = std::chrono::milliseconds{0};
  const auto storage = open_sqlite(path, options);
  ChildProcess parent({IMAGEGALLERY_STORAGE_CHILD, how, path.string()});
  REQUIRE(parent.read_line() == "held");
  const auto change = [&] { conformance::create(*storage, "acme", "pump.jpg"); };
  REQUIRE(conformance::code_of(change) == ErrorCode::busy);
  parent.kill();
  REQUIRE(parent.wait() == -SIGKILL);
  return conformance::message_of(change);
}

TEST_CASE("A forked child that survives its killed parent holds no lock", "[faults]") {
  CHECK(message_after_kill("fork") == "");
}

TEST_CASE("Locks that a child without fork handlers keeps are named in the error", "[faults]") {
  CHECK_THAT(message_after_kill("clone"),
             ContainsSubstring("gallery.db") && ContainsSubstring("without running fork handlers"));
}

}  // namespace
}  // namespace imagegallery::faults
