// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite_schema.hpp"

#include <imagegallery/error.hpp>

#include <sqlite3.h>

#include <array>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "error_code.hpp"
#include "storage/scratch_directory.hpp"

namespace imagegallery::sqlite {
namespace {

using conformance::code_of;
using conformance::message_of;

constexpr std::string_view first = "CREATE TABLE one(a INTEGER) STRICT; INSERT INTO one VALUES (1)";
constexpr std::string_view second = "CREATE TABLE two(a INTEGER) STRICT; UPDATE one SET a = a + 1";
constexpr std::string_view broken = "UPDATE one SET a = 99; CREATE TABLE one(a INTEGER)";
constexpr std::array old_steps{first};
constexpr std::array steps{first, second};
constexpr std::array broken_steps{first, second, broken};

struct Database {
  ScratchDirectory directory;
  std::filesystem::path path = directory.path() / "some.db";

  [[nodiscard]] Connection connect(bool read_only = false) const {
    ConnectionOptions options;
    options.create = true;
    options.read_only = read_only;
    return {path, options};
  }
  // The first value that a query returns, through a new connection.
  [[nodiscard]] std::string ask(const char* sql) const { return connect().query_value(sql); }
};

TEST_CASE("An empty file becomes a gallery of the newest version", "[storage]") {
  const Database database;
  auto connection = database.connect();

  migrate(connection, steps);

  CHECK(database.ask("PRAGMA application_id") == std::to_string(application_id));
  CHECK(database.ask("PRAGMA user_version") == "2");
  CHECK(database.ask("PRAGMA journal_mode") == "wal");
  CHECK(database.ask("PRAGMA page_size") == "16384");
  CHECK(database.ask("PRAGMA auto_vacuum") == "2");
  CHECK(database.ask("SELECT a FROM one") == "2");
}

TEST_CASE("An older gallery runs each missing migration once", "[storage]") {
  const Database database;
  {
    auto connection = database.connect();
    migrate(connection, old_steps);
  }

  auto connection = database.connect();
  migrate(connection, steps);
  migrate(connection, steps);

  CHECK(database.ask("PRAGMA user_version") == "2");
  CHECK(database.ask("SELECT a FROM one") == "2");
}

TEST_CASE("A failed migration leaves the gallery unchanged", "[storage]") {
  const Database database;
  auto connection = database.connect();
  migrate(connection, old_steps);

  CHECK(code_of([&] { migrate(connection, broken_steps); }) == ErrorCode::storage_failure);

  CHECK(database.ask("PRAGMA user_version") == "1");
  CHECK(database.ask("SELECT a FROM one") == "1");
  CHECK(database.ask("SELECT count(*) FROM sqlite_schema") == "1");
  migrate(connection, steps);
  CHECK(database.ask("PRAGMA user_version") == "2");
}

TEST_CASE("A newer gallery is rejected with a message that names both versions", "[storage]") {
  const Database database;
  auto connection = database.connect();
  migrate(connection, steps);

  const auto open_newer = [&] { migrate(connection, old_steps); };

  CHECK(code_of(open_newer) == ErrorCode::storage_failure);
  CHECK_THAT(message_of(open_newer), ContainsSubstring("some.db") && ContainsSubstring("newer") &&
                                         ContainsSubstring("version 2") &&
                                         ContainsSubstring("up to 1"));
  CHECK(code_of([&] { require_current_version(connection, old_steps); }) ==
        ErrorCode::storage_failure);
  CHECK(database.ask("PRAGMA user_version") == "2");
}

TEST_CASE("A gallery opened read-only must have the newest version", "[storage]") {
  const Database database;
  {
    auto connection = database.connect();
    migrate(connection, old_steps);
  }
  auto connection = database.connect(true);

  CHECK_THAT(message_of([&] { require_current_version(connection, steps); }),
             ContainsSubstring("version 1") && ContainsSubstring("version 2"));
  require_current_version(connection, old_steps);
}

TEST_CASE("An empty file opened read-only is not a gallery", "[storage]") {
  const Database database;
  auto connection = database.connect();

  CHECK_THAT(message_of([&] { require_current_version(connection, steps); }),
             ContainsSubstring("not a gallery"));
}

TEST_CASE("A foreign database is rejected unchanged", "[storage]") {
  const Database database;
  auto connection = database.connect();
  connection.execute("CREATE TABLE theirs(a)");

  CHECK_THAT(message_of([&] { migrate(connection, steps); }), ContainsSubstring("not a gallery"));
  CHECK(database.ask("SELECT count(*) FROM sqlite_schema") == "1");
  CHECK(database.ask("PRAGMA journal_mode") == "delete");
}

TEST_CASE("The change to a write-ahead log waits for another process's transaction", "[storage]") {
  const Database database;
  auto other = database.connect();
  migrate(other, steps);
  other.set_pragma("journal_mode", "DELETE", "delete");
  other.execute("BEGIN IMMEDIATE; UPDATE one SET a = 3");
  struct Attempts {
    Connection& other;
    int count = 0;
  } attempts{other};

  auto connection = database.connect();
  // The transaction ends when the pragma is tried for the second time.
  sqlite3_trace_v2(
      connection.handle(), SQLITE_TRACE_STMT,
      [](unsigned, void* context, void*, void* sql) {
        auto& seen = *static_cast<Attempts*>(context);
        if (std::string_view{static_cast<const char*>(sql)} == "PRAGMA journal_mode=WAL" &&
            ++seen.count == 2) {
          seen.other.execute("COMMIT");
        }
        return 0;
      },
      &attempts);
  CHECK(message_of([&] { migrate(connection, steps); }) == "");
  CHECK(attempts.count == 2);
  CHECK(connection.query_value("PRAGMA journal_mode") == "wal");
}

TEST_CASE("Threads that open an empty file concurrently create one gallery", "[storage]") {
  const Database database;
  std::vector<std::thread> threads;
  std::array<std::string, 8> failures;
  for (auto& failure : failures) {
    threads.emplace_back([&] {
      failure = message_of([&] {
        auto connection = database.connect();
        migrate(connection, steps);
      });
    });
  }
  for (auto& thread : threads) thread.join();

  for (const auto& failure : failures) CHECK(failure == "");
  CHECK(database.ask("SELECT a FROM one") == "2");
  CHECK(database.ask("PRAGMA journal_mode") == "wal");
}

}  // namespace
}  // namespace imagegallery::sqlite
