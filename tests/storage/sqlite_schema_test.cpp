// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite_schema.hpp"

#include <imagegallery/error.hpp>

#include <array>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "error_code.hpp"
#include "storage/scratch_directory.hpp"

namespace imagegallery::sqlite {
namespace {

using conformance::code_of;
using conformance::words_of;

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
  // A word about the file, through a connection of its own.
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

TEST_CASE("An older gallery gets the steps that it lacks, once", "[storage]") {
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

TEST_CASE("A migration that fails leaves the gallery as it was", "[storage]") {
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

TEST_CASE("A newer gallery is refused, naming both versions", "[storage]") {
  const Database database;
  auto connection = database.connect();
  migrate(connection, steps);

  const auto refuse = [&] { migrate(connection, old_steps); };

  CHECK(code_of(refuse) == ErrorCode::storage_failure);
  CHECK_THAT(words_of(refuse), ContainsSubstring("some.db") && ContainsSubstring("newer") &&
                                   ContainsSubstring("version 2") && ContainsSubstring("up to 1"));
  CHECK(code_of([&] { require_current_version(connection, old_steps); }) ==
        ErrorCode::storage_failure);
  CHECK(database.ask("PRAGMA user_version") == "2");
}

TEST_CASE("A gallery that is only read must be of the newest version", "[storage]") {
  const Database database;
  {
    auto connection = database.connect();
    migrate(connection, old_steps);
  }
  auto connection = database.connect(true);

  CHECK_THAT(words_of([&] { require_current_version(connection, steps); }),
             ContainsSubstring("version 1") && ContainsSubstring("version 2"));
  require_current_version(connection, old_steps);
}

TEST_CASE("An empty file opened read-only is not a gallery", "[storage]") {
  const Database database;
  auto connection = database.connect();

  CHECK_THAT(words_of([&] { require_current_version(connection, steps); }),
             ContainsSubstring("not a gallery"));
}

TEST_CASE("Somebody else's database is left alone", "[storage]") {
  const Database database;
  auto connection = database.connect();
  connection.execute("CREATE TABLE theirs(a)");

  CHECK_THAT(words_of([&] { migrate(connection, steps); }), ContainsSubstring("not a gallery"));
  CHECK(database.ask("SELECT count(*) FROM sqlite_schema") == "1");
  CHECK(database.ask("PRAGMA journal_mode") == "delete");
}

TEST_CASE("Many who open an empty file at once make one gallery of it", "[storage]") {
  const Database database;
  std::vector<std::thread> threads;
  std::array<std::string, 8> failures;
  for (auto& failure : failures) {
    threads.emplace_back([&] {
      failure = words_of([&] {
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
