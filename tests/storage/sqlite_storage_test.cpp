// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/storage/sqlite.hpp>

#include <imagegallery/error.hpp>

#include <sqlite3.h>
#include <sys/resource.h>

#include <fstream>
#include <string>
#include <vector>

#include "catch.hpp"
#include "error_code.hpp"
#include "sample_images.hpp"
#include "storage/raw_database.hpp"
#include "storage/scratch_directory.hpp"
#include "storage/without_root.hpp"

namespace imagegallery {
namespace {

using conformance::at;
using conformance::code_of;
using conformance::commit;
using conformance::create;
using conformance::far_future;
using conformance::message_of;
using conformance::put;
using conformance::sample_bytes;
using conformance::stored_bytes;

// Runs SQL on a database through a separate connection.
void execute(const std::filesystem::path& path, const std::string& sql) {
  auto database = on_stock_vfs(path);
  if (database.run(sql.c_str()) != SQLITE_OK) {
    throw std::runtime_error(sqlite3_errmsg(database.handle()));
  }
}

void write_text(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

// Makes paths read-only during its lifetime.
class Unwritable {
 public:
  explicit Unwritable(std::vector<std::filesystem::path> paths) : paths_(std::move(paths)) {
    using std::filesystem::perms;
    for (const auto& path : paths_) {
      std::filesystem::permissions(path, perms::owner_read | perms::owner_exec | perms::group_read |
                                             perms::group_exec | perms::others_read |
                                             perms::others_exec);
    }
  }
  ~Unwritable() {
    for (const auto& path : paths_) {
      std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    }
  }

 private:
  const std::vector<std::filesystem::path> paths_;
};

TEST_CASE("Stored images survive closing, in a single file", "[storage]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  ImageRecord record;
  {
    const auto storage = open_sqlite(path);
    record = create(*storage, "acme", "pump.jpg");
  }

  CHECK_FALSE(std::filesystem::exists(path.string() + "-wal"));
  CHECK_FALSE(std::filesystem::exists(path.string() + "-shm"));
  const auto storage = open_sqlite(path);
  CHECK(storage->find("acme", "pump.jpg") == record);
  CHECK(stored_bytes(*storage, record.content).size() == 5);
  CHECK(storage->changes_since(0, 10).sequence == 1);
}

TEST_CASE("File names with special meaning to SQLite are taken literally", "[storage]") {
  const ScratchDirectory directory;
  const auto* const name = GENERATE(":memory:", "a?mode=memory", "b%20c#d", "file:e", "\u00e4 \"'");
  const auto path = directory.path() / name;

  create(*open_sqlite(path), "acme", "pump.jpg");

  CHECK(std::filesystem::is_regular_file(path));
  CHECK(open_sqlite(path)->find("acme", "pump.jpg"));
}

TEST_CASE("A relative path is resolved on opening", "[storage]") {
  const ScratchDirectory directory;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(directory.path());
  const auto storage = open_sqlite("gallery.db");
  std::filesystem::current_path(before);

  create(*storage, "acme", "pump.jpg");

  CHECK(storage->find("acme", "pump.jpg"));
  CHECK_FALSE(std::filesystem::exists(before / "gallery.db"));
}

TEST_CASE("An option out of range is rejected by name", "[storage]") {
  const ScratchDirectory directory;
  const auto refused = [&](const SqliteOptions& options) {
    const auto open = [&] { (void)open_sqlite(directory.path() / "gallery.db", options); };
    CHECK(code_of(open) == ErrorCode::invalid_argument);
    return message_of(open);
  };

  CHECK_THAT(refused({.max_readers = 0}), ContainsSubstring("max_readers"));
  CHECK_THAT(refused({.max_readers = 65}), ContainsSubstring("max_readers"));
  CHECK_THAT(refused({.busy_timeout = std::chrono::milliseconds{-1}}),
             ContainsSubstring("busy_timeout"));
  CHECK_THAT(refused({.checkpoint_bytes = 0}), ContainsSubstring("checkpoint_bytes"));
  CHECK(code_of([] { (void)open_sqlite(""); }) == ErrorCode::invalid_argument);
  CHECK(std::filesystem::is_empty(directory.path()));
}

TEST_CASE("A missing file is an error and is not created unless requested", "[storage]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  const bool read_only = GENERATE(false, true);
  const auto open = [&] { (void)open_sqlite(path, {.create = read_only, .read_only = read_only}); };

  CHECK(code_of(open) == ErrorCode::storage_failure);
  CHECK_THAT(message_of(open),
             ContainsSubstring("gallery.db") && ContainsSubstring("no such file"));
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("A file that cannot be opened is a storage failure that names the path", "[storage]") {
  const ScratchDirectory directory;
  const auto refused = [&](const std::filesystem::path& path) {
    const auto open = [&] { (void)open_sqlite(path); };
    CAPTURE(path, message_of(open));
    CHECK(code_of(open) == ErrorCode::storage_failure);
    CHECK_THAT(message_of(open), ContainsSubstring(path.filename().string()));
  };

  refused(directory.path());
  refused(directory.path() / "missing" / "gallery.db");
  write_text(directory.path() / "text.db", "This is a text, and a long one, not a database.");
  refused(directory.path() / "text.db");
  write_text(directory.path() / "large.db", std::string(100'000, 'x'));
  refused(directory.path() / "large.db");
}

TEST_CASE("Other databases and newer galleries are rejected with a clear message", "[storage]") {
  const ScratchDirectory directory;
  const bool read_only = GENERATE(false, true);
  const auto open_message = [&](const std::filesystem::path& path) {
    return message_of([&] { (void)open_sqlite(path, {.read_only = read_only}); });
  };
  const auto other = directory.path() / "other.db";
  execute(other, "CREATE TABLE theirs(a)");
  CHECK_THAT(open_message(other), ContainsSubstring("not a gallery"));

  const auto newer = directory.path() / "newer.db";
  create(*open_sqlite(newer), "acme", "pump.jpg");
  execute(newer, "PRAGMA user_version=77");
  CHECK_THAT(open_message(newer),
             ContainsSubstring("newer") && ContainsSubstring("77") && ContainsSubstring("up to 1"));
}

TEST_CASE("A damaged file is corrupt data", "[storage]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  create(*open_sqlite(path), "acme", "pump.jpg");
  {
    // The first page after the header: the schema.
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(100);
    file << std::string(16'000, '\xff');
  }

  CHECK(code_of([&] { (void)open_sqlite(path); }) == ErrorCode::corrupt_data);
}

TEST_CASE("A read-only storage reads everything and rejects changes", "[storage]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  const auto writer = open_sqlite(path);
  const auto record = create(*writer, "acme", "pump.jpg");
  const auto storage = open_sqlite(path, {.read_only = true});
  const auto refused = [&](auto change) {
    CHECK(code_of(change) == ErrorCode::read_only);
    CHECK_THAT(message_of(change),
               ContainsSubstring("gallery.db") && ContainsSubstring("read-only"));
  };

  CHECK(storage->find("acme", "pump.jpg") == record);
  CHECK(stored_bytes(*storage, record.content).size() == 5);
  refused([&] { put(*storage, "acme", "bytes"); });
  refused([&] { commit(*storage, RemoveImage{"acme", record.id, {}, true}); });
  refused([&] { storage->drop_content(record.content); });
  refused([&] { (void)storage->sweep(far_future(), far_future()); });
  const auto second = create(*writer, "acme", "pump.jpg");
  CHECK(storage->find("acme", "pump_(1).jpg") == second);
  CHECK(storage->changes_since(1, 10).events.size() == 1);
}

TEST_CASE("A gallery can be read if its file or directory is not writable", "[storage]") {
  const ScratchDirectory directory;
  const bool whole_directory = GENERATE(false, true);
  const auto path = directory.path() / "gallery.db";
  std::filesystem::permissions(directory.path(), std::filesystem::perms::all);
  create(*open_sqlite(path), "acme", "pump.jpg");
  std::vector<std::filesystem::path> unwritable{path};
  if (whole_directory) unwritable.push_back(directory.path());
  const Unwritable guard(unwritable);

  CHECK(message_without_root([&] {
          const auto storage = open_sqlite(path, {.read_only = true});
          const auto record = storage->find("acme", "pump.jpg").value();
          if (stored_bytes(*storage, record.content).size() != 5) throw std::runtime_error("short");
          if (storage->changes_since(0, 5).events.size() != 1) throw std::runtime_error("feed");
        }) == "");
  CHECK_THAT(message_without_root([&] { (void)open_sqlite(path); }),
             ContainsSubstring("gallery.db"));
}

TEST_CASE("Opening for writing fails if the index of the log cannot be written", "[storage]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  const auto storage = open_sqlite(path);  // keeps the index there
  create(*storage, "acme", "pump.jpg");
  using std::filesystem::perms;
  std::filesystem::permissions(directory.path(), perms::all);
  std::filesystem::permissions(path, perms::all);
  std::filesystem::permissions(path.string() + "-wal", perms::all);
  for (const auto* const suffix : {"-shm", "-wal"}) {
    CAPTURE(suffix);
    const auto file = path.string() + suffix;
    std::filesystem::permissions(file, perms::owner_read | perms::group_read | perms::others_read);

    const auto message = message_without_root([&] { (void)open_sqlite(path); });
    const auto reading =
        message_without_root([&] { (void)open_sqlite(path, {.read_only = true})->usage("acme"); });

    CHECK_THAT(message, ContainsSubstring("cannot be written") && ContainsSubstring(suffix));
    CHECK(reading == "");
    std::filesystem::permissions(file, perms::all);
    CHECK(message_without_root([&] { create(*open_sqlite(path), "acme", "valve.jpg"); }) == "");
  }
}

TEST_CASE(
    "Opening for writing fails, or what it opened can be written, for any number of files that"
    " the process may open",
    "[storage]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  create(*open_sqlite(path), "acme", "pump.jpg");
  std::filesystem::permissions(directory.path(), std::filesystem::perms::all);
  std::filesystem::permissions(path, std::filesystem::perms::all);
  int opened = 0;
  for (::rlim_t files = 4; files < 48 && opened < 5; ++files) {
    CAPTURE(files);
    const auto message = message_without_root([&] {
      const ::rlimit limit{files, files};
      if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) throw std::runtime_error("no limit");
      std::unique_ptr<StorageBackend> storage;
      try {
        storage = open_sqlite(path);
      } catch (const Error&) {
        throw std::runtime_error("not opened");
      }
      storage->check_write();
    });

    CHECK((message == "" || message == "not opened"));
    opened += message == "" ? 1 : 0;
  }
  CHECK(opened == 5);
  CHECK(open_sqlite(path)->find("acme", "pump.jpg"));
}

TEST_CASE("A child after fork() is rejected, and its parent's storage still works", "[storage]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  auto storage = open_sqlite(path);
  const auto record = create(*storage, "acme", "pump.jpg");

  const auto message = message_without_root([&] {
    const auto inherited = std::move(storage);
    (void)inherited->find("acme", "pump.jpg");
  });

  CHECK_THAT(message, ContainsSubstring("fork"));
  CHECK(storage->find("acme", "pump.jpg") == record);
  create(*storage, "acme", "valve.jpg");
  CHECK(open_sqlite(path)->find("acme", "valve.jpg"));
}

TEST_CASE("A misplaced chunk is corrupt data", "[storage]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  const auto storage = open_sqlite(path);
  const auto content = put(*storage, "acme", sample_bytes(3 * 262'144));
  Bytes into(262'144);
  const auto code = [&](std::uint64_t chunk) {
    return code_of([&] { (void)storage->read_at(content, chunk * 262'144, into); });
  };

  execute(path,
          "UPDATE chunk SET id = -1 WHERE id & 1048575 = 1;"
          "UPDATE chunk SET id = id - 1 WHERE id & 1048575 = 2;"
          "UPDATE chunk SET id = (SELECT min(id) FROM chunk WHERE id > 0) + 2 WHERE id = -1");

  CHECK(code(0) == std::nullopt);
  CHECK(code(1) == ErrorCode::corrupt_data);
  CHECK(code(2) == ErrorCode::corrupt_data);
  execute(path, "DELETE FROM chunk WHERE id & 1048575 = 1");
  CHECK(code(1) == ErrorCode::corrupt_data);
}

TEST_CASE("A flipped bit anywhere in stored bytes is detected on reading", "[storage]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  const auto storage = open_sqlite(path);
  const auto bytes = sample_bytes(300'000);
  const auto content = put(*storage, "acme", bytes);
  std::uint64_t detected = 0;

  for (std::size_t flip = 0; flip < 1000; ++flip) {
    const auto at_byte = flip * 299 + 1;
    const auto chunk = at_byte / 262'144;
    auto wrong = bytes.at(at_byte) ^ static_cast<std::byte>(1u << flip % 8);
    const auto put_byte = [&](std::byte value) {
      const auto position = std::to_string(at_byte - chunk * 262'144 + 1);
      const auto next = std::to_string(at_byte - chunk * 262'144 + 2);
      const auto hex =
          "x'" + std::string(1, "0123456789abcdef"[std::to_integer<int>(value >> 4)]) +
          std::string(1, "0123456789abcdef"[std::to_integer<int>(value & std::byte{15})]) + "'";
      execute(path, "PRAGMA synchronous=OFF; UPDATE chunk SET bytes = CAST(substr(bytes, 1, " +
                        position + " - 1) || " + hex + " || substr(bytes, " + next +
                        ") AS BLOB) WHERE id & 1048575 = " + std::to_string(chunk));
    };
    put_byte(wrong);
    Bytes into(bytes.size());
    if (code_of([&] { (void)storage->read_at(content, 0, into); }) == ErrorCode::corrupt_data) {
      ++detected;
    }
    put_byte(bytes.at(at_byte));
  }

  CHECK(detected == 1000);
  CHECK((stored_bytes(*storage, content) == bytes));
}

TEST_CASE("Space of removed content is returned to the file system", "[storage]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  {
    const auto storage = open_sqlite(path);
    create(*storage, "acme", "kept.jpg");
    for (int i = 0; i < 6; ++i) put(*storage, "acme", sample_bytes(10 << 20));
  }
  const auto before = std::filesystem::file_size(path);
  REQUIRE(before > (60u << 20));
  {
    const auto storage = open_sqlite(path);
    conformance::sweep_all(*storage, far_future());
    CHECK(storage->find("acme", "kept.jpg"));
  }

  CHECK(std::filesystem::file_size(path) < (20u << 20));
}

TEST_CASE("Each sweep does a bounded amount of work", "[storage]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  const auto storage = open_sqlite(path, {.checkpoint_bytes = 1u << 30});
  put(*storage, "acme", sample_bytes(40 << 20));
  const auto count_chunks = [&] {
    sqlite3* handle = nullptr;
    sqlite3_open(path.c_str(), &handle);
    sqlite3_stmt* query = nullptr;
    sqlite3_prepare_v2(handle, "SELECT count(*) FROM chunk", -1, &query, nullptr);
    sqlite3_step(query);
    const auto count = sqlite3_column_int(query, 0);
    sqlite3_finalize(query);
    sqlite3_close(handle);
    return count;
  };
  REQUIRE(count_chunks() == 160);

  CHECK(storage->sweep(far_future(), at(0)));
  CHECK(count_chunks() == 128);
  CHECK(storage->sweep(far_future(), at(0)));
  CHECK(count_chunks() == 96);
}

TEST_CASE("Ten thousand equal names are numbered in linear time", "[storage]") {
  const ScratchDirectory directory;
  const auto storage = open_sqlite(directory.path() / "gallery.db");
  const auto content = put(*storage, "acme", "bytes");
  std::vector<Change> changes;
  for (int i = 0; i <= 10'000; ++i) {
    CreateImage action;
    action.record = conformance::sample_record("acme", "image.png", content);
    changes.push_back({std::move(action), "", at(0)});
  }

  const auto results = storage->commit(changes);

  CHECK(results.at(10'000).record->key == "image_(10000).png");
}

}  // namespace
}  // namespace imagegallery
