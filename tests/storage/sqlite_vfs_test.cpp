// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite_vfs.hpp"

#include <imagegallery/error.hpp>
#include <imagegallery/storage/sqlite.hpp>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "error_code.hpp"
#include "sample_images.hpp"
#include "storage/file_lock.hpp"
#include "storage/open_file.hpp"
#include "storage/raw_database.hpp"
#include "storage/scratch_directory.hpp"
#include "storage/shared_memory.hpp"

namespace imagegallery::sqlite {
namespace {

// The places of the locks, from SQLite's file format.
constexpr std::int64_t shared_bytes = 0x40000002;
constexpr std::int64_t write_lock = 120;
constexpr std::int64_t first_read_lock = 123;
constexpr std::int64_t users_lock = 128;

// Runs `action` in a forked child; returns its result, 0 to 255.
int in_child(const std::function<int()>& action) {
  std::fflush(nullptr);  // Else a child that exits prints it as well.
  const auto child = ::fork();
  if (child == 0) ::_exit(action());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// What another process with POSIX locks, as stock SQLite has, would collide with: F_UNLCK, F_RDLCK
// or F_WRLCK.
int lock_seen_elsewhere(const std::string& path, std::int64_t first, std::int64_t count) {
  return in_child([&] {
    const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = first;
    lock.l_len = count;
    if (file < 0 || ::fcntl(file, F_GETLK, &lock) != 0) return 99;
    return static_cast<int>(lock.l_type);
  });
}

// The locks on the database's shared bytes, and in the -shm: writer, readers, users.
std::vector<int> locks_of(const std::filesystem::path& path) {
  const auto index = path.string() + "-shm";
  return {lock_seen_elsewhere(path, shared_bytes, 510), lock_seen_elsewhere(index, write_lock, 1),
          lock_seen_elsewhere(index, first_read_lock, 5),
          lock_seen_elsewhere(index, users_lock, 1)};
}

// Destroyed after the objects that a function made on its first call.
std::unique_ptr<StorageBackend> closed_last;

void prepare(const std::filesystem::path& path) {
  auto database = on_our_vfs(path);
  REQUIRE(database.value("PRAGMA journal_mode=WAL") == "wal");
  REQUIRE(database.run("CREATE TABLE t(a); INSERT INTO t VALUES (1)") == SQLITE_OK);
}

// As a backup, a hash or a virus scan would.
void read_and_close(const std::filesystem::path& path) {
  for (const auto* const suffix : {"", "-wal", "-shm"}) {
    std::ifstream file(path.string() + suffix, std::ios::binary);
    REQUIRE(file.is_open());
    std::array<char, 100> bytes{};
    file.read(bytes.data(), bytes.size());
  }
}

TEST_CASE("Locks survive that the process opens, reads and closes the files", "[storage]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  prepare(path);
  auto database = on_our_vfs(path);
  REQUIRE(database.run("BEGIN IMMEDIATE; INSERT INTO t VALUES (2)") == SQLITE_OK);
  const std::vector<int> held{F_RDLCK, F_WRLCK, F_RDLCK, F_RDLCK};
  REQUIRE(locks_of(path) == held);

  read_and_close(path);

  CHECK(locks_of(path) == held);
  CHECK(database.run("COMMIT") == SQLITE_OK);
}

TEST_CASE("On SQLite's own VFS, closing any descriptor drops the locks", "[storage]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  prepare(path);
  auto database = on_stock_vfs(path);
  REQUIRE(database.run("BEGIN IMMEDIATE; INSERT INTO t VALUES (2)") == SQLITE_OK);
  REQUIRE(locks_of(path) == std::vector<int>{F_RDLCK, F_WRLCK, F_RDLCK, F_RDLCK});

  read_and_close(path);

  CHECK(locks_of(path) == std::vector<int>{F_UNLCK, F_UNLCK, F_UNLCK, F_UNLCK});
}

// Whether a connection that `open` opens can begin to write, here or in another process.
bool can_write(RawDatabase (*open)(const std::filesystem::path&), const std::filesystem::path& path,
               bool in_another_process) {
  const auto attempt = [&] {
    auto database = open(path);
    return database.run("BEGIN IMMEDIATE; ROLLBACK");
  };
  const int code = in_another_process ? in_child(attempt) : attempt();
  REQUIRE((code == SQLITE_OK || code == SQLITE_BUSY));
  return code == SQLITE_OK;
}

TEST_CASE("One writer excludes others on either VFS in any process", "[storage]") {
  const auto open = GENERATE(&on_our_vfs, &on_stock_vfs);
  const auto open_other = GENERATE(&on_our_vfs, &on_stock_vfs);
  const bool in_another_process = GENERATE(false, true);
  const auto* const mode = GENERATE("WAL", "DELETE");
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  prepare(path);
  auto holder = open(path);
  (void)holder.value(("PRAGMA journal_mode=" + std::string{mode}).c_str());

  REQUIRE(holder.run("BEGIN IMMEDIATE; INSERT INTO t VALUES (2)") == SQLITE_OK);
  CHECK_FALSE(can_write(open_other, path, in_another_process));
  REQUIRE(holder.run("COMMIT") == SQLITE_OK);

  CHECK(can_write(open_other, path, in_another_process));
}

TEST_CASE("Without a log, a reader on either VFS keeps a writer from committing", "[storage]") {
  const auto open_reader = GENERATE(&on_our_vfs, &on_stock_vfs);
  const auto open_writer = GENERATE(&on_our_vfs, &on_stock_vfs);
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  auto writer = open_writer(path);
  REQUIRE(writer.run("CREATE TABLE t(a)") == SQLITE_OK);
  auto reader = open_reader(path);
  REQUIRE(reader.run("BEGIN; SELECT * FROM t") == SQLITE_OK);

  REQUIRE(writer.run("BEGIN IMMEDIATE; INSERT INTO t VALUES (1)") == SQLITE_OK);
  CHECK(writer.run("COMMIT") == SQLITE_BUSY);
  // The waiting writer keeps new readers out. (SQLite's own would share the first one's lock.)
  CHECK(on_our_vfs(path).run("SELECT * FROM t") == SQLITE_BUSY);
  REQUIRE(reader.run("COMMIT") == SQLITE_OK);

  CHECK(writer.run("COMMIT") == SQLITE_OK);
  CHECK(reader.value("SELECT count(*) FROM t") == "1");
}

TEST_CASE("The last connection deletes the log only if none is left on either VFS", "[storage]") {
  const auto open_other = GENERATE(&on_our_vfs, &on_stock_vfs);
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  prepare(path);
  auto database = on_our_vfs(path);
  auto other = open_other(path);
  REQUIRE(database.run("INSERT INTO t VALUES (2)") == SQLITE_OK);
  REQUIRE(other.value("SELECT count(*) FROM t") == "2");

  database.close();
  CHECK(std::filesystem::exists(path.string() + "-wal"));
  other.close();
  CHECK_FALSE(std::filesystem::exists(path.string() + "-wal"));
}

// The shared memory of a new database without anything else.
struct Memory {
  explicit Memory(const std::filesystem::path& path)
      : database(open_file(path.c_str(), O_RDWR | O_CREAT, 0644)), memory(path.c_str(), database) {}
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory() { ::close(database); }

  int map() {
    void volatile* mapped = nullptr;
    return memory.map(0, 32'768, true, &mapped);
  }

  const int database;
  SharedMemory memory;
};

TEST_CASE("A connection's own lock in the index is never converted", "[storage]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  Memory own(path);
  REQUIRE(own.map() == SQLITE_OK);
  const auto index = path.string() + "-shm";
  constexpr int shared = SQLITE_SHM_LOCK | SQLITE_SHM_SHARED;
  constexpr int exclusive = SQLITE_SHM_LOCK | SQLITE_SHM_EXCLUSIVE;

  REQUIRE(own.memory.lock(4, 1, shared) == SQLITE_OK);
  CHECK(own.memory.lock(4, 1, exclusive) == SQLITE_BUSY);
  CHECK(own.memory.lock(3, 2, exclusive) == SQLITE_BUSY);
  CHECK(lock_seen_elsewhere(index, 123, 2) == F_RDLCK);
  REQUIRE(own.memory.lock(4, 1, SQLITE_SHM_UNLOCK | SQLITE_SHM_SHARED) == SQLITE_OK);
  REQUIRE(own.memory.lock(4, 1, exclusive) == SQLITE_OK);
  CHECK(own.memory.lock(4, 1, shared) == SQLITE_BUSY);
  CHECK(lock_seen_elsewhere(index, 124, 1) == F_WRLCK);
}

TEST_CASE("The first user of the index cuts it, later ones do not", "[storage]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  const auto index = path.string() + "-shm";
  std::ofstream(index) << std::string(40'000, 'x');
  Memory first(path);
  REQUIRE(first.map() == SQLITE_OK);
  CHECK(std::filesystem::file_size(index) == 32'768);
  std::filesystem::resize_file(index, 40'000);

  Memory second(path);
  REQUIRE(second.map() == SQLITE_OK);

  CHECK(std::filesystem::file_size(index) == 40'000);
}

TEST_CASE("While somebody else is about to cut the index, it is busy", "[storage]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  const auto index = path.string() + "-shm";
  const int other = open_file(index.c_str(), O_RDWR | O_CREAT, 0644);
  REQUIRE(lock_bytes(other, LockKind::exclusive, users_lock, 1) == 0);
  Memory own(path);

  CHECK(own.map() == SQLITE_BUSY);
  // It dies before it has cut the file, and another one replaces that.
  ::close(other);
  std::filesystem::remove(index);
  std::ofstream(index) << std::string(40'000, 'x');

  CHECK(own.map() == SQLITE_OK);
  CHECK(own.memory.is_in_place());
  CHECK(std::filesystem::file_size(index) == 32'768);
}

TEST_CASE("A replaced or deleted file is noticed", "[storage]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  const auto* const suffix = GENERATE("", "-wal", "-shm");
  const bool replaced = GENERATE(false, true);
  prepare(path);
  auto database = on_our_vfs(path);
  REQUIRE(database.run("INSERT INTO t VALUES (2)") == SQLITE_OK);
  REQUIRE(files_are_in_place(database.handle()));

  const auto file = path.string() + suffix;
  if (replaced) std::filesystem::copy_file(file, file + ".new");
  std::filesystem::remove(file);
  if (replaced) std::filesystem::rename(file + ".new", file);

  CHECK_FALSE(files_are_in_place(database.handle()));
}

TEST_CASE("A change is refused if the database, its log or its index was deleted or replaced",
          "[storage]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  const auto* const suffix = GENERATE("", "-wal", "-shm");
  const bool replaced = GENERATE(false, true);
  const auto storage = open_sqlite(path);
  conformance::create(*storage, "acme", "pump.jpg");

  const auto file = path.string() + suffix;
  if (replaced) std::filesystem::copy_file(file, file + ".new");
  std::filesystem::remove(file);
  if (replaced) std::filesystem::rename(file + ".new", file);
  const auto change = [&] { conformance::create(*storage, "acme", "valve.jpg"); };

  CHECK(conformance::code_of(change) == ErrorCode::storage_failure);
  CHECK_THAT(conformance::message_of(change), ContainsSubstring("replaced or deleted"));
}

TEST_CASE("A reader of the log is noticed in either VFS and in any process", "[storage]") {
  const auto open = GENERATE(&on_our_vfs, &on_stock_vfs);
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  prepare(path);
  auto database = on_our_vfs(path);
  REQUIRE(database.run("INSERT INTO t VALUES (2)") == SQLITE_OK);
  CHECK_FALSE(log_is_pinned(database.handle()));

  auto reader = open(path);
  REQUIRE(reader.run("BEGIN; SELECT * FROM t") == SQLITE_OK);
  CHECK(log_is_pinned(database.handle()));
  REQUIRE(reader.run("COMMIT") == SQLITE_OK);
  CHECK_FALSE(log_is_pinned(database.handle()));
}

TEST_CASE("Another SQLite user of the process can choose our VFS by its name", "[storage]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  prepare(path);
  RawDatabase database("file:" + path.string() + "?vfs=imagegallery-unix", nullptr);
  REQUIRE(database.opened() == SQLITE_OK);
  REQUIRE(database.run("BEGIN IMMEDIATE; INSERT INTO t VALUES (2)") == SQLITE_OK);

  read_and_close(path);

  CHECK(lock_seen_elsewhere(path.string() + "-shm", write_lock, 1) == F_WRLCK);
  // Loads nothing, but does not crash.
  sqlite3_enable_load_extension(database.handle(), 1);
  CHECK(sqlite3_load_extension(database.handle(), "/nonexistent", nullptr, nullptr) != SQLITE_OK);
  CHECK(database.run("COMMIT") == SQLITE_OK);
}

TEST_CASE("The VFS is not SQLite's default, and its name avoids that of another copy",
          "[storage]") {
  CHECK(register_vfs("unix") == "imagegallery-unix");
  CHECK(std::string{sqlite3_vfs_find(nullptr)->zName} == "unix");
  static auto other_copy = *sqlite3_vfs_find("unix-none");
  other_copy.zName = "imagegallery-unix-none";
  other_copy.pNext = nullptr;
  sqlite3_vfs_register(&other_copy, 0);

  CHECK(register_vfs("unix-none") == "imagegallery-unix-none-2");
  CHECK(register_vfs("unix-none") == "imagegallery-unix-none-2");
  sqlite3_vfs_unregister(&other_copy);
  CHECK(conformance::code_of([] { (void)register_vfs("missing"); }) == ErrorCode::storage_failure);
}

TEST_CASE("A storage can be closed at the end of the program, after the VFS was unregistered",
          "[storage]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";

  CHECK(in_child([&]() -> int {
          closed_last = open_sqlite(path);
          conformance::create(*closed_last, "acme", "pump.jpg");
          std::exit(0);
        }) == 0);

  CHECK(std::filesystem::exists(path));
  CHECK_FALSE(std::filesystem::exists(path.string() + "-wal"));
}

TEST_CASE("A storage opened through a symbolic link is the one behind it", "[storage]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  const auto link = directory.path() / "link.db";
  const auto storage = open_sqlite(path);
  std::filesystem::create_symlink(path, link);

  const auto linked = open_sqlite(link);
  conformance::create(*linked, "acme", "pump.jpg");

  CHECK(storage->find("acme", "pump.jpg"));
  CHECK_FALSE(std::filesystem::exists(link.string() + "-wal"));
  CHECK_FALSE(std::filesystem::exists(link.string() + "-shm"));
  auto holder = on_our_vfs(link);
  REQUIRE(holder.run("BEGIN IMMEDIATE") == SQLITE_OK);
  CHECK_FALSE(can_write(&on_our_vfs, path, false));
}

TEST_CASE("The index has the database's permissions, whatever the umask", "[storage]") {
  const ScratchDirectory directory;
  const auto path = directory.path() / "gallery.db";
  prepare(path);
  REQUIRE(::chmod(path.c_str(), 0666) == 0);
  const auto before = ::umask(0077);
  auto database = on_our_vfs(path);
  const int code = database.run("INSERT INTO t VALUES (2)");
  ::umask(before);

  REQUIRE(code == SQLITE_OK);
  struct ::stat index {};
  REQUIRE(::stat((path.string() + "-shm").c_str(), &index) == 0);
  CHECK((index.st_mode & 0777) == 0666);
}

TEST_CASE("A file is never opened as a standard stream", "[storage]") {
  const ScratchDirectory directory;
  const int input = ::dup(STDIN_FILENO);
  ::close(STDIN_FILENO);
  const int file = open_file((directory.path() / "file").c_str(), O_RDWR | O_CREAT, 0600);
  const bool input_is_closed = ::fcntl(STDIN_FILENO, F_GETFD) == -1;
  if (input >= 0) ::dup2(input, STDIN_FILENO);
  ::close(input);

  CHECK(file > STDERR_FILENO);
  CHECK(input_is_closed);
  CHECK((::fcntl(file, F_GETFD) & FD_CLOEXEC) != 0);
  ::close(file);
}

}  // namespace
}  // namespace imagegallery::sqlite
