// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite_connection.hpp"

#include <sqlite3.h>

#include "catch.hpp"
#include "error_code.hpp"
#include "storage/scratch_directory.hpp"

namespace imagegallery::sqlite {
namespace {

using conformance::code_of;
using conformance::message_of;

struct Fixture {
  Connection open(ConnectionOptions options = {}) { return Connection{path, options}; }

  ScratchDirectory directory;
  std::filesystem::path path = directory.path() / "test.db";
  Connection connection{path, {.create = true}};
};

TEST_CASE("A connection reads back every setting that protects the file", "[storage]") {
  Fixture f;
  CHECK(f.connection.query_value("PRAGMA wal_autocheckpoint") == "0");
  CHECK(f.connection.query_value("PRAGMA mmap_size") == "0");
  CHECK(f.connection.query_value("PRAGMA trusted_schema") == "0");
  CHECK(f.connection.query_value("PRAGMA cell_size_check") == "1");
  CHECK(f.connection.query_value("PRAGMA temp_store") == "2");
  CHECK(f.connection.query_value("PRAGMA foreign_keys") == "1");
  CHECK(f.open({.cache_kib = 123}).query_value("PRAGMA cache_size") == "-123");
  int defensive = 0;
  sqlite3_db_config(f.connection.handle(), SQLITE_DBCONFIG_DEFENSIVE, -1, &defensive);
  CHECK(defensive == 1);
}

TEST_CASE("A connection cannot write the schema as a table, nor turn the journal off",
          "[storage]") {
  Fixture f;
  f.connection.execute("CREATE TABLE t(a)");
  (void)f.connection.query_value("PRAGMA writable_schema=ON");
  CHECK(code_of([&] { f.connection.execute("UPDATE sqlite_schema SET sql = 'x'"); }) ==
        ErrorCode::storage_failure);
  CHECK(f.connection.query_value("PRAGMA journal_mode=OFF") != "off");
}

TEST_CASE("A connection refuses a row that refers to none", "[storage]") {
  Fixture f;
  f.connection.execute("CREATE TABLE a(x INTEGER PRIMARY KEY); CREATE TABLE b(x REFERENCES a)");
  CHECK_THAT(message_of([&] { f.connection.execute("INSERT INTO b VALUES (7)"); }),
             ContainsSubstring("FOREIGN KEY"));
  f.connection.execute("INSERT INTO a VALUES (7); INSERT INTO b VALUES (7)");
}

TEST_CASE("SQLite itself never checkpoints", "[storage]") {
  Fixture f;
  REQUIRE(f.connection.query_value("PRAGMA journal_mode=WAL") == "wal");
  f.connection.execute("CREATE TABLE t(a)");
  // Its default is a checkpoint after 1000 pages.
  const auto before = std::filesystem::file_size(f.path);
  f.connection.execute("INSERT INTO t VALUES (zeroblob(8000000))");
  CHECK(std::filesystem::file_size(f.path) == before);
  CHECK(std::filesystem::file_size(f.path.string() + "-wal") > 8'000'000);
}

TEST_CASE("A pragma that does not take its value is a storage failure", "[storage]") {
  Fixture f;
  CHECK_NOTHROW(f.connection.set_pragma("foreign_keys", "ON", "1"));
  CHECK(code_of([&] { f.connection.set_pragma("foreign_keys", "ON", "7"); }) ==
        ErrorCode::storage_failure);
}

TEST_CASE("A statement is prepared once and leased to one user at a time", "[storage]") {
  Fixture f;
  auto first = f.connection.prepare("SELECT ?1");
  auto second = f.connection.prepare("SELECT ?1");
  REQUIRE(first.bind(1).step());
  REQUIRE(second.bind(2).step());
  CHECK(first.integer(0) == 1);
  CHECK(second.integer(0) == 2);
}

TEST_CASE("A transaction that is not committed is rolled back", "[storage]") {
  Fixture f;
  f.connection.execute("CREATE TABLE t(a)");
  {
    const Transaction transaction(f.connection);
    CHECK(f.connection.in_transaction());
    f.connection.execute("INSERT INTO t VALUES (1)");
  }
  CHECK_FALSE(f.connection.in_transaction());
  CHECK(f.connection.query_value("SELECT count(*) FROM t") == "0");
  {
    Transaction transaction(f.connection);
    f.connection.execute("INSERT INTO t VALUES (1)");
    transaction.commit();
  }
  CHECK(f.connection.query_value("SELECT count(*) FROM t") == "1");
}

TEST_CASE("Without a timeout a lock is not waited for", "[storage]") {
  Fixture f;
  f.connection.execute("CREATE TABLE t(a)");
  auto other = f.open({.busy_timeout = std::chrono::milliseconds{0}});
  const Transaction writing(f.connection);
  CHECK(code_of([&] { const Transaction second(other); }) == ErrorCode::busy);
}

}  // namespace
}  // namespace imagegallery::sqlite
