// SPDX-License-Identifier: Apache-2.0
#include "storage/database_file.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <mutex>
#include <new>
#include <utility>

#include "storage/file_lock.hpp"
#include "storage/open_file.hpp"

namespace imagegallery::sqlite {
namespace {

// The places of the locks in the database, part of SQLite's file format (fileformat2.html §1.4).
constexpr std::int64_t pending_byte = 0x40000000;
constexpr std::int64_t reserved_byte = pending_byte + 1;
constexpr std::int64_t shared_first = pending_byte + 2;
constexpr std::int64_t shared_count = 510;

// Every open database file of this process, for a child after fork(). The mutex is also held while
// a description is opened, mapped or closed: fork() waits, so that no child gets a copy unnoticed.
std::mutex open_files_mutex;
DatabaseFile* open_files = nullptr;  // Guarded by open_files_mutex.

// How many forks made this process: files of an earlier generation belong to a parent.
std::atomic<std::uint64_t> generation = 0;

constexpr std::size_t wrapped_offset() noexcept {
  constexpr auto alignment = alignof(std::max_align_t);
  constexpr auto ours = std::max(sizeof(DatabaseFile), sizeof(LogFile));
  return (ours + alignment - 1) / alignment * alignment;
}

sqlite3_file* wrapped_in(sqlite3_file* place) noexcept {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(place) + wrapped_offset());
}

// Opens the file that `place` wraps. Leaves nothing open, and no methods, if that fails.
int open_wrapped(sqlite3_vfs* base, const char* path, sqlite3_file* place, int flags,
                 int* opened_as) noexcept {
  place->pMethods = nullptr;
  auto* const wrapped = wrapped_in(place);
  wrapped->pMethods = nullptr;
  const int code = base->xOpen(base, path, wrapped, flags, opened_as);
  if (code != SQLITE_OK && wrapped->pMethods != nullptr) wrapped->pMethods->xClose(wrapped);
  return code;
}

// The calls that a file only passes on, for DatabaseFile and LogFile.
template <typename Methods>
struct PassedOn {
  static int read(sqlite3_file* file, void* into, int size, sqlite3_int64 offset) {
    auto* const wrapped = Methods::wrapped(file);
    return wrapped->pMethods->xRead(wrapped, into, size, offset);
  }
  static int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
    if (Methods::is_dead(file)) return SQLITE_IOERR_WRITE;
    auto* const wrapped = Methods::wrapped(file);
    return wrapped->pMethods->xWrite(wrapped, from, size, offset);
  }
  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    if (Methods::is_dead(file)) return SQLITE_IOERR_TRUNCATE;
    auto* const wrapped = Methods::wrapped(file);
    return wrapped->pMethods->xTruncate(wrapped, size);
  }
  static int sync(sqlite3_file* file, int flags) {
    auto* const wrapped = Methods::wrapped(file);
    return wrapped->pMethods->xSync(wrapped, flags);
  }
  static int size(sqlite3_file* file, sqlite3_int64* size) {
    auto* const wrapped = Methods::wrapped(file);
    return wrapped->pMethods->xFileSize(wrapped, size);
  }
  static int sector_size(sqlite3_file* file) {
    auto* const wrapped = Methods::wrapped(file);
    return wrapped->pMethods->xSectorSize(wrapped);
  }
  static int characteristics(sqlite3_file* file) {
    auto* const wrapped = Methods::wrapped(file);
    return wrapped->pMethods->xDeviceCharacteristics(wrapped);
  }

  static sqlite3_io_methods table() noexcept {
    sqlite3_io_methods methods{};
    methods.xRead = &read;
    methods.xWrite = &write;
    methods.xTruncate = &truncate;
    methods.xSync = &sync;
    methods.xFileSize = &size;
    methods.xSectorSize = &sector_size;
    methods.xDeviceCharacteristics = &characteristics;
    return methods;
  }
};

}  // namespace

std::size_t file_object_bytes(const sqlite3_vfs* base) noexcept {
  return wrapped_offset() + static_cast<std::size_t>(base->szOsFile);
}

struct DatabaseMethods : PassedOn<DatabaseMethods> {
  static DatabaseFile& self(sqlite3_file* file) noexcept {
    return *reinterpret_cast<DatabaseFile*>(file);
  }
  static sqlite3_file* wrapped(sqlite3_file* file) noexcept { return self(file).wrapped_; }
  static bool is_dead(sqlite3_file* file) noexcept { return self(file).dead_; }

  static int close(sqlite3_file* file) {
    auto* const base_file = wrapped(file);
    self(file).~DatabaseFile();
    return base_file->pMethods->xClose(base_file);
  }
  static int lock(sqlite3_file* file, int level) { return self(file).lock(level); }
  static int unlock(sqlite3_file* file, int level) { return self(file).unlock(level); }
  static int check_reserved(sqlite3_file* file, int* reserved) {
    return self(file).check_reserved(reserved);
  }
  static int control(sqlite3_file* file, int operation, void* argument) {
    return self(file).control(operation, argument);
  }
  static int map_memory(sqlite3_file* file, int region, int region_bytes, int extend,
                        void volatile** mapped) {
    return self(file).map_memory(region, region_bytes, extend, mapped);
  }
  static int lock_memory(sqlite3_file* file, int first, int count, int flags) {
    auto& memory = self(file).memory_;
    if (self(file).dead_ || !memory) return SQLITE_IOERR_SHMLOCK;
    return memory->lock(first, count, flags);
  }
  static void fence_memory(sqlite3_file* /*file*/) {
    // ThreadSanitizer does not see what SQLite orders by this, nor SQLite itself.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wtsan"
#endif
    std::atomic_thread_fence(std::memory_order_seq_cst);
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
  }
  static int unmap_memory(sqlite3_file* file, int remove_file) {
    const std::lock_guard lock(open_files_mutex);
    auto& memory = self(file).memory_;
    if (memory) memory->unmap(remove_file != 0 && !self(file).dead_);
    memory.reset();
    return SQLITE_OK;
  }

  static const sqlite3_io_methods* get() noexcept {
    static const sqlite3_io_methods methods = [] {
      auto table = PassedOn::table();
      table.iVersion = 2;  // Without memory mapping of the database.
      table.xClose = &close;
      table.xLock = &lock;
      table.xUnlock = &unlock;
      table.xCheckReservedLock = &check_reserved;
      table.xFileControl = &control;
      table.xShmMap = &map_memory;
      table.xShmLock = &lock_memory;
      table.xShmBarrier = &fence_memory;
      table.xShmUnmap = &unmap_memory;
      return table;
    }();
    return &methods;
  }
};

DatabaseFile::DatabaseFile(sqlite3_file* wrapped, const char* path, FileIdentity identity,
                           int locks) noexcept
    : methods_(DatabaseMethods::get()),
      wrapped_(wrapped),
      path_(path),
      identity_(identity),
      locks_(locks) {
  next_ = open_files;
  if (next_ != nullptr) next_->previous_ = this;
  open_files = this;
}

DatabaseFile::~DatabaseFile() {
  const std::lock_guard lock(open_files_mutex);
  (previous_ != nullptr ? previous_->next_ : open_files) = next_;
  if (next_ != nullptr) next_->previous_ = previous_;
  memory_.reset();
  if (locks_ < 0) return;
  // A child that has a copy of the descriptor would keep the locks.
  unlock_bytes(locks_, pending_byte, 2 + shared_count);
  ::close(locks_);
}

int DatabaseFile::open(sqlite3_vfs* base, const char* path, sqlite3_file* place, int flags,
                       int* opened_as) {
  int granted = 0;
  const int code = open_wrapped(base, path, place, flags, &granted);
  if (code != SQLITE_OK) return code;
  auto* const wrapped = wrapped_in(place);
  const int access = (granted & SQLITE_OPEN_READONLY) != 0 ? O_RDONLY : O_RDWR;
  const std::lock_guard lock(open_files_mutex);
  const int locks = open_file(path, access | O_NOFOLLOW, 0);
  // Both descriptors must be of one file, and that the one that the path names.
  const auto identity = locks < 0 ? FileIdentity{} : FileIdentity::of(locks);
  int moved = 0;
  if (!identity.is_at(path) ||
      wrapped->pMethods->xFileControl(wrapped, SQLITE_FCNTL_HAS_MOVED, &moved) != SQLITE_OK ||
      moved != 0) {
    const int error = errno;
    if (locks >= 0) ::close(locks);
    wrapped->pMethods->xClose(wrapped);
    errno = error;  // SQLite asks for it.
    return SQLITE_CANTOPEN;
  }
  new (place) DatabaseFile(wrapped, path, identity, locks);
  if (opened_as != nullptr) *opened_as = granted;
  return SQLITE_OK;
}

DatabaseFile* DatabaseFile::of(sqlite3_file* file) noexcept {
  if (file == nullptr || file->pMethods != DatabaseMethods::get()) return nullptr;
  return &DatabaseMethods::self(file);
}

bool DatabaseFile::is_in_place() const noexcept {
  return identity_.is_at(path_) && (!memory_ || memory_->is_in_place());
}

void DatabaseFile::drop_system_cache() const noexcept {
  (void)::posix_fadvise(locks_, 0, 0, POSIX_FADV_DONTNEED);
}

bool DatabaseFile::is_beside_dead_one(std::string_view path) noexcept {
  const std::lock_guard lock(open_files_mutex);
  bool found = false;
  for (const auto* file = open_files; file != nullptr; file = file->next_) {
    const std::string_view database = file->path_;
    if (!path.starts_with(database) || path.substr(database.size()).find('-') != 0) continue;
    if (!file->dead_) return false;
    found = true;
  }
  return found;
}

int DatabaseFile::lock_failed(int error, int code) noexcept {
  if (error == EAGAIN || error == ENOLCK) return SQLITE_BUSY;
  last_errno_ = error;
  return code;
}

// The protocol of https://www.sqlite.org/lockingv3.html §3: who wants to read takes the pending
// byte for a moment, so that a writer that has it keeps new readers out.
int DatabaseFile::lock(int level) noexcept {
  if (dead_) return SQLITE_IOERR_LOCK;
  if (level_ >= level) return SQLITE_OK;
  if (level == SQLITE_LOCK_SHARED) {
    if (const int error = lock_bytes(locks_, LockKind::shared, pending_byte, 1); error != 0) {
      return lock_failed(error, SQLITE_IOERR_LOCK);
    }
    const int error = lock_bytes(locks_, LockKind::shared, shared_first, shared_count);
    const int unlock_error = unlock_bytes(locks_, pending_byte, 1);
    if (error != 0) return lock_failed(error, SQLITE_IOERR_LOCK);
    if (unlock_error != 0) {
      unlock_bytes(locks_, pending_byte, 2 + shared_count);
      return lock_failed(unlock_error, SQLITE_IOERR_UNLOCK);
    }
  } else if (level == SQLITE_LOCK_RESERVED) {
    if (const int error = lock_bytes(locks_, LockKind::exclusive, reserved_byte, 1); error != 0) {
      return lock_failed(error, SQLITE_IOERR_LOCK);
    }
  } else {
    if (level_ < SQLITE_LOCK_PENDING) {
      if (const int error = lock_bytes(locks_, LockKind::exclusive, pending_byte, 1); error != 0) {
        return lock_failed(error, SQLITE_IOERR_LOCK);
      }
      level_ = SQLITE_LOCK_PENDING;
    }
    if (const int error = lock_bytes(locks_, LockKind::exclusive, shared_first, shared_count);
        error != 0) {
      return lock_failed(error, SQLITE_IOERR_LOCK);
    }
  }
  level_ = level;
  return SQLITE_OK;
}

int DatabaseFile::unlock(int level) noexcept {
  if (level_ <= level) return SQLITE_OK;
  if (dead_) {
    level_ = level;
    return SQLITE_OK;
  }
  if (level == SQLITE_LOCK_SHARED) {
    if (const int error = lock_bytes(locks_, LockKind::shared, shared_first, shared_count);
        error != 0) {
      return lock_failed(error, SQLITE_IOERR_RDLOCK);
    }
    if (const int error = unlock_bytes(locks_, pending_byte, 2); error != 0) {
      return lock_failed(error, SQLITE_IOERR_UNLOCK);
    }
  } else {
    const int error = unlock_bytes(locks_, pending_byte, 2 + shared_count);
    if (error != 0) return lock_failed(error, SQLITE_IOERR_UNLOCK);
  }
  level_ = level;
  return SQLITE_OK;
}

int DatabaseFile::check_reserved(int* reserved) noexcept {
  *reserved = 0;
  if (dead_) return SQLITE_IOERR_CHECKRESERVEDLOCK;
  if (level_ >= SQLITE_LOCK_RESERVED) {
    *reserved = 1;
    return SQLITE_OK;
  }
  const auto lock = foreign_lock(locks_, reserved_byte, 1);
  if (lock.error != 0) return lock_failed(lock.error, SQLITE_IOERR_CHECKRESERVEDLOCK);
  *reserved = lock.shared || lock.exclusive ? 1 : 0;
  return SQLITE_OK;
}

int DatabaseFile::control(int operation, void* argument) noexcept {
  switch (operation) {
    case SQLITE_FCNTL_LOCKSTATE:
      *static_cast<int*>(argument) = level_;
      return SQLITE_OK;
    case SQLITE_FCNTL_LAST_ERRNO:
      if (last_errno_ != 0) {
        *static_cast<int*>(argument) = std::exchange(last_errno_, 0);
        return SQLITE_OK;
      }
      break;
    default:
      break;
  }
  if (dead_) return SQLITE_NOTFOUND;
  return wrapped_->pMethods->xFileControl(wrapped_, operation, argument);
}

int DatabaseFile::map_memory(int region, int region_bytes, int extend,
                             void volatile** mapped) noexcept {
  *mapped = nullptr;
  if (dead_) return SQLITE_IOERR_SHMMAP;
  const std::lock_guard lock(open_files_mutex);
  if (!memory_) {
    try {
      const bool read_only = sqlite3_uri_boolean(path_, "readonly_shm", 0) != 0;
      memory_ = std::make_unique<SharedMemory>(path_, locks_, read_only);
    } catch (const std::bad_alloc&) {
      return SQLITE_NOMEM;
    }
  }
  const int code = memory_->map(region, region_bytes, extend != 0, mapped);
  if (code != SQLITE_OK && memory_->last_errno() != 0) last_errno_ = memory_->last_errno();
  return code;
}

void DatabaseFile::handle_forks() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (::pthread_atfork(&before_fork, &after_fork_in_parent, &after_fork_in_child) != 0) {
      throw std::bad_alloc();
    }
  });
}

void DatabaseFile::before_fork() noexcept { open_files_mutex.lock(); }

void DatabaseFile::after_fork_in_parent() noexcept { open_files_mutex.unlock(); }

void DatabaseFile::after_fork_in_child() noexcept {
  ++generation;
  for (auto* file = open_files; file != nullptr; file = file->next_) {
    if (file->dead_) continue;
    file->dead_ = true;
    ::close(std::exchange(file->locks_, -1));
    if (file->memory_) file->memory_->abandon();
  }
  open_files_mutex.unlock();
}

struct LogMethods : PassedOn<LogMethods> {
  static LogFile& self(sqlite3_file* file) noexcept { return *reinterpret_cast<LogFile*>(file); }
  static sqlite3_file* wrapped(sqlite3_file* file) noexcept { return self(file).wrapped_; }
  static bool is_dead(sqlite3_file* file) noexcept { return self(file).generation_ != generation; }

  static int close(sqlite3_file* file) { return wrapped(file)->pMethods->xClose(wrapped(file)); }
  // Nobody locks a log or a journal.
  static int lock(sqlite3_file* /*file*/, int /*level*/) { return SQLITE_OK; }
  static int check_reserved(sqlite3_file* /*file*/, int* reserved) {
    *reserved = 0;
    return SQLITE_OK;
  }
  static int control(sqlite3_file* file, int operation, void* argument) {
    return wrapped(file)->pMethods->xFileControl(wrapped(file), operation, argument);
  }

  static const sqlite3_io_methods* get() noexcept {
    static const sqlite3_io_methods methods = [] {
      auto table = PassedOn::table();
      table.iVersion = 1;
      table.xClose = &close;
      table.xLock = &lock;
      table.xUnlock = &lock;
      table.xCheckReservedLock = &check_reserved;
      table.xFileControl = &control;
      return table;
    }();
    return &methods;
  }
};

int LogFile::open(sqlite3_vfs* base, const char* path, sqlite3_file* place, int flags,
                  int* opened_as) {
  const int code = open_wrapped(base, path, place, flags, opened_as);
  if (code != SQLITE_OK) return code;
  auto* const log = new (place) LogFile;
  log->methods_ = LogMethods::get();
  log->wrapped_ = wrapped_in(place);
  log->path_ = path;
  log->identity_ = FileIdentity::of(path);
  log->generation_ = generation;
  return SQLITE_OK;
}

LogFile* LogFile::of(sqlite3_file* file) noexcept {
  if (file == nullptr || file->pMethods != LogMethods::get()) return nullptr;
  return &LogMethods::self(file);
}

bool LogFile::empty(const char* path) noexcept {
  constexpr std::array<char, 32> no_header{};  // A log whose header is not valid has no frames.
  const int file = open_file(path, O_WRONLY | O_NOFOLLOW, 0);
  if (file < 0) return false;
  const bool emptied =
      ::pwrite(file, no_header.data(), no_header.size(), 0) == ::ssize_t{no_header.size()};
  ::close(file);
  return emptied;
}

void LogFile::drop_system_cache() const noexcept {
  // Nobody locks a log, so that closing a descriptor of it drops no lock.
  const int file = open_file(path_, O_RDONLY | O_NOFOLLOW, 0);
  if (file < 0) return;
  (void)::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
  ::close(file);
}

bool LogFile::is_in_place() const noexcept { return identity_.is_at(path_); }

}  // namespace imagegallery::sqlite
