// SPDX-License-Identifier: Apache-2.0
#include "body_spool.hpp"

#include "catch.hpp"

#include <imagegallery/error.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>

using namespace gallery_server;
using namespace imagegallery;

namespace {

std::byte at(std::uint64_t offset) { return static_cast<std::byte>(offset * 7 + offset / 256); }

/// Fills the spool as a connection does; returns the number of flushes.
int fill(BodySpool& spool, std::uint64_t size) {
  int flushes = 0;
  while (spool.size() < size) {
    const auto space = spool.space();
    if (space.empty()) {
      spool.flush();
      ++flushes;
      continue;
    }
    const auto count = static_cast<std::size_t>(
        std::min<std::uint64_t>({space.size(), size - spool.size(), 10'007}));
    for (std::size_t i = 0; i < count; ++i) space[i] = at(spool.size() + i);
    spool.commit(count);
  }
  return flushes;
}

bool is_filled(const ByteSource& source, std::uint64_t size) {
  const Bytes bytes = read_all(source);
  for (std::size_t i = 0; i < bytes.size(); ++i)
    if (bytes[i] != at(i)) return false;
  return bytes.size() == size;
}

/// Sets TMPDIR for the lifetime of this object.
class Tmpdir {
 public:
  explicit Tmpdir(const char* value) {
    if (const char* old = std::getenv("TMPDIR")) old_ = old;
    ::setenv("TMPDIR", value, 1);
  }
  ~Tmpdir() {
    if (old_.empty()) {
      ::unsetenv("TMPDIR");
    } else {
      ::setenv("TMPDIR", old_.c_str(), 1);
    }
  }

 private:
  std::string old_;
};

}  // namespace

TEST_CASE("A body of any size is read back unchanged", "[spool]") {
  const auto budget = std::make_shared<SpoolBudget>();
  for (const std::uint64_t size :
       {std::uint64_t{1}, std::uint64_t{BodySpool::initial_bytes},
        std::uint64_t{BodySpool::threshold}, std::uint64_t{BodySpool::threshold} + 1,
        std::uint64_t{3'000'000}}) {
    CAPTURE(size);
    BodySpool spool{budget};
    fill(spool, size);
    CHECK(spool.size() == size);
    const auto body = spool.finish();
    REQUIRE(body);
    CHECK(is_filled(*body, size));
    std::byte past{};
    CHECK(body->read_at(size, {&past, 1}) == 0);
  }
  CHECK(budget->used == 0);
}

TEST_CASE("An empty body finishes as null", "[spool]") {
  BodySpool spool{std::make_shared<SpoolBudget>()};
  (void)spool.space();
  CHECK(spool.finish() == nullptr);
}

TEST_CASE("Small bodies never touch a file", "[spool]") {
  const Tmpdir nowhere{"/nonexistent"};
  BodySpool spool{std::make_shared<SpoolBudget>()};
  CHECK(fill(spool, BodySpool::threshold) == 0);
  CHECK(spool.finish()->size() == BodySpool::threshold);
}

TEST_CASE("A large body uses no more memory than a small one", "[spool]") {
  const auto budget = std::make_shared<SpoolBudget>();
  BodySpool spool{budget};
  CHECK(fill(spool, 5'000'000) == 5'000'000 / BodySpool::threshold);
  CHECK(budget->used <= BodySpool::threshold);
  const auto body = spool.finish();
  CHECK(budget->used == 0);
  CHECK(is_filled(*body, 5'000'000));
}

TEST_CASE("A body moves to its file earlier when the memory budget is exhausted", "[spool]") {
  const auto budget = std::make_shared<SpoolBudget>();
  budget->max = 2 * BodySpool::initial_bytes;
  BodySpool spool{budget};
  CHECK(fill(spool, 200'000) > 1);
  CHECK(budget->used <= budget->max);
  CHECK(is_filled(*spool.finish(), 200'000));
}

TEST_CASE("A spool file has no directory entry", "[spool]") {
  const auto directory =
      std::filesystem::temp_directory_path() / ("spool-test-" + std::to_string(::getpid()));
  std::filesystem::create_directory(directory);
  const Tmpdir here{directory.c_str()};
  BodySpool spool{std::make_shared<SpoolBudget>()};
  fill(spool, 1'000'000);
  const auto body = spool.finish();
  CHECK(std::filesystem::is_empty(directory));
  std::filesystem::remove_all(directory);
  CHECK(is_filled(*body, 1'000'000));
}

TEST_CASE("A body that cannot be stored throws storage_failure", "[spool]") {
  const Tmpdir nowhere{"/nonexistent"};
  BodySpool spool{std::make_shared<SpoolBudget>()};
  try {
    fill(spool, 1'000'000);
    FAIL("stored");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::storage_failure);
  }
}
