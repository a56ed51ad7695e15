// SPDX-License-Identifier: Apache-2.0
#include "faulty_disk.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <random>
#include <stdexcept>
#include <utility>

#include "storage/sqlite_storage.hpp"

namespace imagegallery::faults {
namespace {

constexpr const char* vfs_name = "faulty-disk";

FaultyDisk* the_disk = nullptr;

sqlite3_vfs* real_vfs() {
  static sqlite3_vfs* const vfs = sqlite3_vfs_find("unix");
  return vfs;
}

struct DiskFile {
  sqlite3_file base;
  sqlite3_file* real;  // Stored after this struct.
  const char* path;    // Owned by SQLite until the file is closed.
  int kind;            // SQLITE_OPEN_MAIN_DB, SQLITE_OPEN_WAL, …
};

DiskFile* self(sqlite3_file* file) { return reinterpret_cast<DiskFile*>(file); }
sqlite3_file* real(sqlite3_file* file) { return self(file)->real; }

bool is_kept(int kind) { return kind == SQLITE_OPEN_MAIN_DB || kind == SQLITE_OPEN_WAL; }

}  // namespace

// SQLite's callbacks. A struct, so that one friend declaration is enough.
struct DiskMethods {
  static int close(sqlite3_file* file) { return real(file)->pMethods->xClose(real(file)); }

  static int read(sqlite3_file* file, void* into, int size, sqlite3_int64 offset) {
    const bool failing = the_disk->fails(DiskCall::read);
    const auto fault = the_disk->fault_.load();
    if (failing && fault != DiskFault::wrong_byte) {
      errno = EIO;  // for sqlite3_system_errno
      return fault == DiskFault::corrupt_fs ? SQLITE_IOERR_CORRUPTFS : SQLITE_IOERR_READ;
    }
    const int code = real(file)->pMethods->xRead(real(file), into, size, offset);
    if (failing) static_cast<unsigned char*>(into)[size / 2] ^= 1;
    return code;
  }

  static int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
    the_disk->count_towards_cut();
    const bool failing = the_disk->fails(DiskCall::write);
    const auto fault = the_disk->fault_.load();
    if (failing && fault == DiskFault::io_error) return SQLITE_IOERR_WRITE;
    if (failing && fault == DiskFault::full) return SQLITE_FULL;
    if (failing) size /= 2;
    if (is_kept(self(file)->kind)) {
      the_disk->record_write(self(file)->path, real(file), static_cast<std::uint64_t>(offset),
                             static_cast<std::uint64_t>(size));
    }
    const int code = real(file)->pMethods->xWrite(real(file), from, size, offset);
    return failing ? SQLITE_IOERR_WRITE : code;
  }

  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    if (the_disk->fails(DiskCall::truncate)) return SQLITE_IOERR_TRUNCATE;
    return real(file)->pMethods->xTruncate(real(file), size);
  }

  static int sync(sqlite3_file* file, int /*flags*/) {
    const bool is_log = self(file)->kind == SQLITE_OPEN_WAL;
    if (is_log && the_disk->on_log_sync_) the_disk->on_log_sync_();
    the_disk->count_towards_cut();
    const bool failing = the_disk->fails(DiskCall::sync);
    if (is_kept(self(file)->kind)) the_disk->record_sync(self(file)->path, failing);
    if (failing) return SQLITE_IOERR_FSYNC;
    ++(is_log ? the_disk->log_syncs_ : the_disk->database_syncs_);
    return SQLITE_OK;
  }

  static int file_size(sqlite3_file* file, sqlite3_int64* size) {
    if (the_disk->fails(DiskCall::size)) return SQLITE_IOERR_FSTAT;
    return real(file)->pMethods->xFileSize(real(file), size);
  }

  static int lock(sqlite3_file* file, int level) {
    return real(file)->pMethods->xLock(real(file), level);
  }
  static int unlock(sqlite3_file* file, int level) {
    return real(file)->pMethods->xUnlock(real(file), level);
  }
  static int check_reserved(sqlite3_file* file, int* reserved) {
    return real(file)->pMethods->xCheckReservedLock(real(file), reserved);
  }
  static int file_control(sqlite3_file* file, int operation, void* argument) {
    return real(file)->pMethods->xFileControl(real(file), operation, argument);
  }
  static int sector_size(sqlite3_file* file) {
    return real(file)->pMethods->xSectorSize(real(file));
  }
  static int characteristics(sqlite3_file* file) {
    return real(file)->pMethods->xDeviceCharacteristics(real(file));
  }

  static int open(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* out_flags) {
    static const sqlite3_io_methods methods{1,
                                            close,
                                            read,
                                            write,
                                            truncate,
                                            sync,
                                            file_size,
                                            lock,
                                            unlock,
                                            check_reserved,
                                            file_control,
                                            sector_size,
                                            characteristics,
                                            nullptr,
                                            nullptr,
                                            nullptr,
                                            nullptr,
                                            nullptr,
                                            nullptr};
    file->pMethods = nullptr;
    if (the_disk->fails(DiskCall::open)) return SQLITE_CANTOPEN;
    auto* const opened = self(file);
    opened->real = reinterpret_cast<sqlite3_file*>(opened + 1);
    opened->path = path;
    opened->kind = flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL);
    const int code = real_vfs()->xOpen(real_vfs(), path, opened->real, flags, out_flags);
    if (code == SQLITE_OK) file->pMethods = &methods;
    return code;
  }

  static int sleep(sqlite3_vfs*, int microseconds) { return microseconds; }

  static int remove(sqlite3_vfs*, const char* path, int /*sync_directory*/) {
    if (the_disk->expects_cut_) {
      const std::lock_guard lock(the_disk->mutex_);
      the_disk->unsynced_.erase(path);
    }
    return real_vfs()->xDelete(real_vfs(), path, 0);
  }
};

FaultyDisk::FaultyDisk() {
  if (the_disk != nullptr) throw std::logic_error("a FaultyDisk already exists");
  // Registered until the end of the program, because the VFS built on it keeps pointing to it.
  static sqlite3_vfs vfs = [] {
    auto wrapping = *real_vfs();
    wrapping.zName = vfs_name;
    wrapping.szOsFile += static_cast<int>(sizeof(DiskFile));
    wrapping.pNext = nullptr;
    wrapping.xOpen = &DiskMethods::open;
    wrapping.xDelete = &DiskMethods::remove;
    wrapping.xSleep = &DiskMethods::sleep;
    return wrapping;
  }();
  if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK) throw std::bad_alloc();
  the_disk = this;
}

FaultyDisk::~FaultyDisk() { the_disk = nullptr; }

const char* FaultyDisk::vfs() noexcept { return vfs_name; }

std::unique_ptr<StorageBackend> FaultyDisk::open(const std::filesystem::path& path,
                                                 const SqliteOptions& options) const {
  const auto opened_before = calls(DiskCall::open);
  const auto read_before = calls(DiskCall::read);
  auto storage = sqlite::open_sqlite_on(path, options, vfs_name);
  if (calls(DiskCall::open) == opened_before || calls(DiskCall::read) == read_before) {
    throw std::logic_error("the storage does not use the faulty disk");
  }
  return storage;
}

void FaultyDisk::arm(DiskCall call, DiskFault fault, std::uint64_t nth, bool sticky) {
  const std::lock_guard lock(mutex_);
  armed_call_ = call;
  fault_ = fault;
  calls_left_ = nth;
  sticky_ = sticky;
  armed_ = true;
  triggered_ = false;
}

void FaultyDisk::disarm() {
  const std::lock_guard lock(mutex_);
  armed_ = false;
}

bool FaultyDisk::fails(DiskCall call) {
  ++calls_.at(static_cast<std::size_t>(call));
  const std::lock_guard lock(mutex_);
  if (!armed_ || call != armed_call_) return false;
  if (calls_left_ > 1) {
    --calls_left_;
    return false;
  }
  if (!sticky_) armed_ = false;
  triggered_ = true;
  return true;
}

void FaultyDisk::record_write(const char* path, sqlite3_file* file, std::uint64_t offset,
                              std::uint64_t size) {
  if (size == 0 || !expects_cut_) return;
  const std::lock_guard lock(mutex_);
  auto& state = unsynced_[path];
  sqlite3_int64 file_size = 0;
  file->pMethods->xFileSize(file, &file_size);
  for (auto sector = offset / sector_bytes; sector <= (offset + size - 1) / sector_bytes;
       ++sector) {
    Sector old(sector_bytes);
    if (const auto forgotten = state.forgotten.extract(sector)) {
      old = forgotten.mapped();
    } else if (state.sectors.contains(sector)) {
      continue;
    } else if (sector * sector_bytes < static_cast<std::uint64_t>(file_size)) {
      // A short read fills the bytes past the end with zeros.
      file->pMethods->xRead(file, old.data(), static_cast<int>(sector_bytes),
                            static_cast<sqlite3_int64>(sector * sector_bytes));
    }
    state.sectors.emplace(sector, std::move(old));
  }
}

void FaultyDisk::record_sync(const char* path, bool failed) {
  const std::lock_guard lock(mutex_);
  if (ignore_syncs_ || !expects_cut_) return;
  auto& state = unsynced_[path];
  if (failed) {
    if (forget_after_failed_sync_) state.forgotten.merge(state.sectors);
    if (!forget_after_failed_sync_) return;
  }
  state.sectors.clear();
}

void FaultyDisk::count_towards_cut() {
  const std::lock_guard lock(mutex_);
  if (until_cut_ == 0 || --until_cut_ != 0) return;
  save_cut(cut_into_, cut_seed_);
  cut_done_ = true;
}

void FaultyDisk::cut_power(const std::filesystem::path& into, std::uint64_t seed) {
  const std::lock_guard lock(mutex_);
  save_cut(into, seed);
}

void FaultyDisk::cut_power_at(std::uint64_t nth, const std::filesystem::path& into,
                              std::uint64_t seed) {
  const std::lock_guard lock(mutex_);
  until_cut_ = nth;
  cut_into_ = into;
  cut_seed_ = seed;
  cut_done_ = false;
}

void FaultyDisk::save_cut(const std::filesystem::path& into, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  for (const auto& [name, state] : unsynced_) {
    const std::filesystem::path path(name);
    if (!std::filesystem::exists(path)) continue;
    const auto saved = into / path.filename();
    std::filesystem::copy_file(path, saved, std::filesystem::copy_options::overwrite_existing);
    std::fstream file(saved, std::ios::binary | std::ios::in | std::ios::out);
    const auto put_back = [&](std::uint64_t sector, const Sector& old) {
      file.seekp(static_cast<std::streamoff>(sector * sector_bytes));
      file.write(reinterpret_cast<const char*>(old.data()),
                 static_cast<std::streamsize>(old.size()));
    };
    // From all lost to all kept, so that both extremes occur.
    const auto kept_of_100 = random() % 101;
    for (const auto& [sector, old] : state.sectors) {
      if (random() % 100 >= kept_of_100) put_back(sector, old);
    }
    for (const auto& [sector, old] : state.forgotten) put_back(sector, old);
    if (!file) throw std::runtime_error("cannot write " + saved.string());
  }
}

}  // namespace imagegallery::faults
