// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite_vfs.hpp"

#include <imagegallery/error.hpp>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

#include "storage/database_file.hpp"
#include "storage/disk_space.hpp"
#include "storage/file_lock.hpp"

namespace imagegallery::sqlite {
namespace {

// A VFS and the name that it points to, at an address that stays.
struct Registration {
  std::string base;
  std::string name;
  sqlite3_vfs vfs;
};

class Registrations {
 public:
  Registrations() { DatabaseFile::handle_forks(); }

  const std::string& add(std::string_view base_name);
  void unregister() noexcept {
    for (const auto& registration : registrations_) sqlite3_vfs_unregister(&registration->vfs);
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Registration>> registrations_;  // Guarded by mutex_.
};

// At the end of the program, or when a plugin with this library in it is unloaded, its functions
// are gone. Connections that are closed even later still need the objects.
struct Unregister {
  Registrations* registrations;
  ~Unregister() { registrations->unregister(); }
};

sqlite3_vfs* base_of(sqlite3_vfs* vfs) noexcept { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* opened_as) {
  if ((flags & SQLITE_OPEN_MAIN_DB) != 0) {
    return DatabaseFile::open(base_of(vfs), path, file, flags, opened_as);
  }
  if ((flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0) {
    return LogFile::open(base_of(vfs), path, file, flags, opened_as);
  }
  return base_of(vfs)->xOpen(base_of(vfs), path, file, flags, opened_as);
}

// The last connection deletes the log. On a disk that is nearly full, others might take its blocks,
// and the next start could not delete a single image: there it stays allocated, without a header.
int remove(sqlite3_vfs* vfs, const char* path, int sync_directory) {
  if (DatabaseFile::is_beside_dead_one(path)) return SQLITE_IOERR_DELETE;
  if (std::string_view{path}.ends_with("-wal") && is_nearly_full(path) && LogFile::empty(path)) {
    return SQLITE_OK;
  }
  return base_of(vfs)->xDelete(base_of(vfs), path, sync_directory);
}

int access(sqlite3_vfs* vfs, const char* path, int flags, int* result) {
  return base_of(vfs)->xAccess(base_of(vfs), path, flags, result);
}

int full_path(sqlite3_vfs* vfs, const char* path, int size, char* full) {
  return base_of(vfs)->xFullPathname(base_of(vfs), path, size, full);
}

void* open_library(sqlite3_vfs* vfs, const char* path) {
  return base_of(vfs)->xDlOpen(base_of(vfs), path);
}

void library_error(sqlite3_vfs* vfs, int size, char* message) {
  base_of(vfs)->xDlError(base_of(vfs), size, message);
}

void (*library_symbol(sqlite3_vfs* vfs, void* library, const char* name))() {
  return base_of(vfs)->xDlSym(base_of(vfs), library, name);
}

void close_library(sqlite3_vfs* vfs, void* library) {
  base_of(vfs)->xDlClose(base_of(vfs), library);
}

int randomness(sqlite3_vfs* vfs, int size, char* bytes) {
  return base_of(vfs)->xRandomness(base_of(vfs), size, bytes);
}

int sleep(sqlite3_vfs* vfs, int microseconds) {
  return base_of(vfs)->xSleep(base_of(vfs), microseconds);
}

int current_time(sqlite3_vfs* vfs, double* julian_day) {
  return base_of(vfs)->xCurrentTime(base_of(vfs), julian_day);
}

int current_time_ms(sqlite3_vfs* vfs, sqlite3_int64* julian_ms) {
  return base_of(vfs)->xCurrentTimeInt64(base_of(vfs), julian_ms);
}

int last_error(sqlite3_vfs* vfs, int size, char* message) {
  return base_of(vfs)->xGetLastError(base_of(vfs), size, message);
}

sqlite3_vfs vfs_over(sqlite3_vfs* base, const char* name) {
  sqlite3_vfs vfs{};
  vfs.iVersion = 2;  // Without the third version's hooks, which only tests of SQLite use.
  vfs.szOsFile = static_cast<int>(file_object_bytes(base));
  vfs.mxPathname = base->mxPathname;
  vfs.zName = name;
  vfs.pAppData = base;
  vfs.xOpen = &open;
  vfs.xDelete = &remove;
  vfs.xAccess = &access;
  vfs.xFullPathname = &full_path;
  vfs.xDlOpen = &open_library;
  vfs.xDlError = &library_error;
  vfs.xDlSym = &library_symbol;
  vfs.xDlClose = &close_library;
  vfs.xRandomness = &randomness;
  vfs.xSleep = &sleep;
  vfs.xCurrentTime = &current_time;
  vfs.xGetLastError = &last_error;
  vfs.xCurrentTimeInt64 = &current_time_ms;
  return vfs;
}

// Whether the kernel has locks of open file descriptions.
bool kernel_has_the_locks() {
  const int file = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (file < 0) return true;  // Cannot tell; then opening the database fails with its own words.
  const auto lock = foreign_lock(file, 0, 1);
  ::close(file);
  return lock.error != EINVAL;
}

// Another copy of this library in the process, in a plugin for example, may have the name already.
std::string free_name(std::string_view base_name) {
  const auto wanted = "imagegallery-" + std::string{base_name};
  auto name = wanted;
  for (int copy = 2; sqlite3_vfs_find(name.c_str()) != nullptr; ++copy) {
    name = wanted + "-" + std::to_string(copy);
  }
  return name;
}

const std::string& Registrations::add(std::string_view base_name) {
  const std::lock_guard lock(mutex_);
  for (const auto& known : registrations_) {
    if (known->base == base_name) return known->name;
  }
  // By its name: the default may be anybody's, and may go.
  auto* const base = sqlite3_vfs_find(std::string{base_name}.c_str());
  if (base == nullptr || base->iVersion < 2) {
    throw Error(ErrorCode::storage_failure,
                "SQLite has no VFS \"" + std::string{base_name} + "\" to build on");
  }
  if (!kernel_has_the_locks()) {
    throw Error(ErrorCode::storage_failure,
                "this system has no locks of open file descriptions (Linux 3.15 and newer do)");
  }
  auto added = std::make_unique<Registration>();
  added->base = base_name;
  added->name = free_name(base_name);
  added->vfs = vfs_over(base, added->name.c_str());
  registrations_.push_back(std::move(added));
  if (sqlite3_vfs_register(&registrations_.back()->vfs, 0) != SQLITE_OK) {
    registrations_.pop_back();
    throw std::bad_alloc();
  }
  return registrations_.back()->name;
}

template <typename File>
File* file_of(sqlite3* connection, int which) noexcept {
  sqlite3_file* file = nullptr;
  if (sqlite3_file_control(connection, "main", which, &file) != SQLITE_OK) return nullptr;
  return File::of(file);
}

}  // namespace

std::string register_vfs(std::string_view base) {
  static auto& registrations = *new Registrations;
  static const Unregister at_end{&registrations};
  return registrations.add(base);
}

bool files_are_in_place(sqlite3* connection) noexcept {
  const auto* const database = file_of<DatabaseFile>(connection, SQLITE_FCNTL_FILE_POINTER);
  const auto* const log = file_of<LogFile>(connection, SQLITE_FCNTL_JOURNAL_POINTER);
  return database != nullptr && log != nullptr && database->is_in_place() && log->is_in_place();
}

int allocate_database(sqlite3* connection, std::uint64_t bytes) noexcept {
  const auto* const database = file_of<DatabaseFile>(connection, SQLITE_FCNTL_FILE_POINTER);
  return database == nullptr ? EBADF : database->allocate(bytes);
}

void drop_system_cache(sqlite3* connection) noexcept {
  if (const auto* const database = file_of<DatabaseFile>(connection, SQLITE_FCNTL_FILE_POINTER)) {
    database->drop_system_cache();
  }
  if (const auto* const log = file_of<LogFile>(connection, SQLITE_FCNTL_JOURNAL_POINTER)) {
    log->drop_system_cache();
  }
}

bool log_is_pinned(sqlite3* connection) noexcept {
  const auto* const database = file_of<DatabaseFile>(connection, SQLITE_FCNTL_FILE_POINTER);
  return database != nullptr && database->log_is_pinned();
}

}  // namespace imagegallery::sqlite
