// SPDX-License-Identifier: Apache-2.0
#include "storage/shared_memory.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <utility>

#include "storage/disk_space.hpp"
#include "storage/file_lock.hpp"
#include "storage/open_file.hpp"

namespace imagegallery::sqlite {
namespace {

// The places of the locks in the file, part of SQLite's file format (walformat.html §2.3).
constexpr std::int64_t first_lock = 120;
constexpr int lock_count = SQLITE_SHM_NLOCK;
constexpr std::int64_t users_lock = first_lock + lock_count;  // SQLite calls it the "DMS" lock.
constexpr int first_log_reader = 4;  // Read mark 1; read mark 0 is a reader of the database alone.

// A new file is cut to a length that no header has: whoever sees it must rebuild the index.
constexpr ::off_t unbuilt_length = 3;

constexpr std::int64_t block_bytes = 4096;

std::uint32_t bits(int first, int count) noexcept {
  return ((1u << (first + count)) - (1u << first));
}

}  // namespace

SharedMemory::SharedMemory(const char* path, int database, bool read_only)
    : path_(std::string{path} + "-shm"), database_(database), must_not_write_(read_only) {}

SharedMemory::~SharedMemory() { unmap(false); }

int SharedMemory::fail(int code) noexcept {
  last_errno_ = errno;
  return code;
}

int SharedMemory::map(int region, int region_bytes, bool extend, void volatile** mapped) noexcept {
  *mapped = nullptr;
  if (file_ < 0) {
    if (const int code = open(); code != SQLITE_OK) return code;
  }
  if (!attached_) {
    const int code = attach();
    // The file may be another one at the next attempt. But a reader that cannot build the index
    // locks this one meanwhile.
    if (code != SQLITE_OK && code != SQLITE_READONLY_CANTINIT) close();
    if (code != SQLITE_OK) return code;
  }
  region_bytes_ = static_cast<std::size_t>(region_bytes);
  // A mapping is a whole page of the system at least, which may hold several regions.
  mapping_bytes_ = std::max(region_bytes_, static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)));
  const auto offset = static_cast<std::size_t>(region) * region_bytes_;
  while (mappings_.size() <= offset / mapping_bytes_) {
    const auto end = (mappings_.size() + 1) * mapping_bytes_;
    bool present = false;
    if (const int code = grow(static_cast<std::int64_t>(end), extend, present); !present) {
      return code == SQLITE_OK && read_only_ ? SQLITE_READONLY : code;
    }
    try {
      mappings_.push_back(nullptr);
    } catch (const std::bad_alloc&) {
      return SQLITE_IOERR_NOMEM;
    }
    void* const memory =
        ::mmap(nullptr, mapping_bytes_, read_only_ ? PROT_READ : PROT_READ | PROT_WRITE, MAP_SHARED,
               file_, static_cast<::off_t>(end - mapping_bytes_));
    if (memory == MAP_FAILED) {
      mappings_.pop_back();
      return fail(SQLITE_IOERR_SHMMAP);
    }
    mappings_.back() = memory;
  }
  *mapped = static_cast<char*>(mappings_[offset / mapping_bytes_]) + offset % mapping_bytes_;
  return read_only_ ? SQLITE_READONLY : SQLITE_OK;
}

int SharedMemory::open() noexcept {
  struct ::stat database {};
  if (::fstat(database_, &database) != 0) return fail(SQLITE_IOERR_FSTAT);
  const auto mode = database.st_mode & 0777;
  read_only_ = must_not_write_;
  if (!read_only_) file_ = open_file(path_.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW, mode);
  // Any other failure than a lack of rights must not turn into reading only, unnoticed.
  if (read_only_ || (file_ < 0 && (errno == EACCES || errno == EPERM || errno == EROFS))) {
    file_ = open_file(path_.c_str(), O_RDONLY | O_NOFOLLOW, 0);
    read_only_ = true;
  }
  if (file_ < 0) return fail(SQLITE_CANTOPEN);
  identity_ = FileIdentity::of(file_);
  // Else the database's owner could not open what root made.
  if (!read_only_ && ::geteuid() == 0) (void)!::fchown(file_, database.st_uid, database.st_gid);
  return SQLITE_OK;
}

// The first to attach, in all processes, cuts the file. To take the shared lock without having seen
// another user would be wrong: whoever has it exclusively may die before it has cut the file.
int SharedMemory::attach() noexcept {
  const auto users = foreign_lock(file_, users_lock, 1);
  if (users.error != 0) {
    errno = users.error;
    return fail(SQLITE_IOERR_LOCK);
  }
  if (users.exclusive) return SQLITE_BUSY;
  if (!users.shared) {
    if (read_only_) return SQLITE_READONLY_CANTINIT;
    if (lock_bytes(file_, LockKind::exclusive, users_lock, 1) != 0) return SQLITE_BUSY;
    if (::ftruncate(file_, unbuilt_length) != 0) {
      const int code = fail(SQLITE_IOERR_SHMOPEN);
      unlock_bytes(file_, users_lock, 1);
      return code;
    }
  }
  if (lock_bytes(file_, LockKind::shared, users_lock, 1) != 0) return SQLITE_BUSY;
  attached_ = true;
  return SQLITE_OK;
}

// Writes a byte into each new block rather than a length: a full disk must be an error here, not a
// SIGBUS at the first access.
int SharedMemory::grow(std::int64_t bytes, bool extend, bool& present) noexcept {
  struct ::stat now {};
  if (::fstat(file_, &now) != 0) return fail(SQLITE_IOERR_SHMSIZE);
  if (now.st_size < bytes) {
    if (!extend) return SQLITE_OK;
    for (auto block = now.st_size / block_bytes; block < bytes / block_bytes; ++block) {
      while (::pwrite(file_, "", 1, (block + 1) * block_bytes - 1) != 1) {
        if (errno != EINTR) return fail(SQLITE_IOERR_SHMSIZE);
      }
    }
  }
  present = true;
  return SQLITE_OK;
}

int SharedMemory::lock(int first, int count, int flags) noexcept {
  if (file_ < 0) return SQLITE_IOERR_SHMLOCK;
  const auto mask = bits(first, count);
  if ((flags & SQLITE_SHM_UNLOCK) != 0) {
    if (((shared_ | exclusive_) & mask) == 0) return SQLITE_OK;
    if (unlock_bytes(file_, first_lock + first, count) != 0) return fail(SQLITE_IOERR_UNLOCK);
    shared_ &= ~mask;
    exclusive_ &= ~mask;
    return SQLITE_OK;
  }
  const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  if (!exclusive && (shared_ & mask) != 0) return SQLITE_OK;
  // The kernel would convert the connection's own lock, as if nobody had it.
  if (((shared_ | exclusive_) & mask) != 0) return SQLITE_BUSY;
  // Busy for every reason, as SQLite's own does: it tries again.
  if (lock_bytes(file_, exclusive ? LockKind::exclusive : LockKind::shared, first_lock + first,
                 count) != 0) {
    return SQLITE_BUSY;
  }
  (exclusive ? exclusive_ : shared_) |= mask;
  return SQLITE_OK;
}

bool SharedMemory::is_pinned() const noexcept {
  if (file_ < 0) return false;
  const auto readers =
      foreign_lock(file_, first_lock + first_log_reader, lock_count - first_log_reader);
  return readers.shared || readers.exclusive;
}

void SharedMemory::unmap(bool remove_file) noexcept {
  for (void* const memory : mappings_) ::munmap(memory, mapping_bytes_);
  mappings_.clear();
  if (file_ < 0) return;
  // On a disk that is nearly full, the next start might not get the blocks back.
  if (remove_file && !is_nearly_full(path_.c_str())) ::unlink(path_.c_str());
  close();
}

void SharedMemory::close() noexcept {
  const int error = errno;
  // A child that has a copy of the descriptor would keep the locks.
  unlock_bytes(file_, first_lock, lock_count + 1);
  ::close(std::exchange(file_, -1));
  attached_ = false;
  shared_ = 0;
  exclusive_ = 0;
  errno = error;  // SQLite asks for it.
}

void SharedMemory::abandon() noexcept {
  if (file_ < 0) return;
  ::close(std::exchange(file_, -1));
  // A mapping keeps the description, and with it the locks. SQLite still reads and writes there.
  for (void* const memory : mappings_) {
    ::mmap(memory, mapping_bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
           -1, 0);
  }
}

}  // namespace imagegallery::sqlite
