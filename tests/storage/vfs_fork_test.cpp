// SPDX-License-Identifier: Apache-2.0
// What fork() does to open databases.
#include "storage/sqlite_vfs.hpp"

#include <imagegallery/error.hpp>
#include <imagegallery/storage/sqlite.hpp>

#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "catch.hpp"
#include "sample_images.hpp"
#include "storage/raw_database.hpp"
#include "storage/scratch_directory.hpp"
#include "storage/without_root.hpp"

namespace imagegallery::sqlite {
namespace {

void require(bool condition, const char* message) {
  if (!condition) throw std::runtime_error(message);
}

// The exception's message of a forked child; empty without one.
std::string in_child(const std::function<void()>& action) { return message_without_root(action); }

// Whether this process has the file open or mapped.
bool uses(const std::string& path) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.find(path) != std::string::npos) return true;
  }
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    if (std::filesystem::read_symlink(entry, gone) == path) return true;
  }
  return false;
}

TEST_CASE("A child after fork() has dead connections and holds none of its parent's locks",
          "[storage]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  std::filesystem::permissions(directory.path(), std::filesystem::perms::all);
  auto database = on_our_vfs(path);
  REQUIRE(database.value("PRAGMA journal_mode=WAL") == "wal");
  REQUIRE(database.run("CREATE TABLE t(a)") == SQLITE_OK);
  const bool in_transaction = GENERATE(false, true);
  if (in_transaction) REQUIRE(database.run("BEGIN; INSERT INTO t VALUES (1)") == SQLITE_OK);
  const auto log_bytes = std::filesystem::file_size(path.string() + "-wal");
  REQUIRE(uses(path.string() + "-shm"));

  CHECK(in_child([&] {
          require(!uses(path.string() + "-shm"), "the index is still open or mapped");
          if (in_transaction) {
            require((database.run("COMMIT") & 0xff) == SQLITE_IOERR, "COMMIT is not an I/O error");
          }
          require((database.run("INSERT INTO t VALUES (2)") & 0xff) == SQLITE_IOERR,
                  "INSERT is not an I/O error");
          database.close();
        }) == "");

  CHECK(std::filesystem::file_size(path.string() + "-wal") == log_bytes);
  CHECK(std::filesystem::exists(path.string() + "-shm"));
  if (in_transaction) REQUIRE(database.run("COMMIT") == SQLITE_OK);
  REQUIRE(database.run("INSERT INTO t VALUES (3)") == SQLITE_OK);
  CHECK(files_are_in_place(database.handle()));
  CHECK(on_stock_vfs(path).value("SELECT count(*) FROM t") == (in_transaction ? "2" : "1"));
}

TEST_CASE("A child that closes its parent's transaction keeps the journal", "[storage]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  std::filesystem::permissions(directory.path(), std::filesystem::perms::all);
  auto database = on_our_vfs(path);
  REQUIRE(database.run("PRAGMA cache_size=1; CREATE TABLE t(a); INSERT INTO t VALUES (1)") ==
          SQLITE_OK);
  REQUIRE(database.run("BEGIN; INSERT INTO t VALUES (2)") == SQLITE_OK);
  const bool spilled = GENERATE(false, true);
  if (spilled) {
    REQUIRE(database.run("INSERT INTO t SELECT zeroblob(5000) FROM t, t, t, t") == SQLITE_OK);
  }
  const auto journal = path.string() + "-journal";
  const auto database_bytes = std::filesystem::file_size(path);
  const auto journal_bytes = std::filesystem::file_size(journal);

  CHECK(in_child([&] { database.close(); }) == "");

  REQUIRE(std::filesystem::exists(journal));
  CHECK(std::filesystem::file_size(journal) == journal_bytes);
  CHECK(std::filesystem::file_size(path) == database_bytes);
  REQUIRE(database.run("ROLLBACK") == SQLITE_OK);
  CHECK(database.value("SELECT count(*) FROM t") == "1");
  CHECK(database.value("PRAGMA integrity_check") == "ok");
}

TEST_CASE("A child after fork() can open the storage again", "[storage]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  std::filesystem::permissions(directory.path(), std::filesystem::perms::all);
  auto storage = open_sqlite(path);
  conformance::create(*storage, "acme", "pump.jpg");
  for (const auto* const suffix : {"", "-wal", "-shm"}) {
    std::filesystem::permissions(path.string() + suffix, static_cast<std::filesystem::perms>(0666));
  }

  CHECK(in_child([&] {
          auto inherited = std::move(storage);
          {
            const auto own = open_sqlite(path);
            inherited.reset();
            conformance::create(*own, "acme", "valve.jpg");
          }
        }) == "");

  CHECK(storage->find("acme", "valve.jpg"));
  conformance::create(*storage, "acme", "fan.jpg");
  CHECK(open_sqlite(path)->find("acme", "fan.jpg"));
}

}  // namespace
}  // namespace imagegallery::sqlite
