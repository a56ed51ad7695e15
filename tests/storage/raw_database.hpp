// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite3.h>

#include <filesystem>
#include <memory>
#include <string>

#include "storage/sqlite_vfs.hpp"

namespace imagegallery {

/// A connection without the settings of `sqlite::Connection`.
class RawDatabase {
 public:
  /// `vfs`: a VFS's name; nullptr for SQLite's default. Retries for 0 ms.
  RawDatabase(const std::string& path, const char* vfs,
              int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) {
    sqlite3* opened = nullptr;
    opened_ = sqlite3_open_v2(path.c_str(), &opened, flags | SQLITE_OPEN_URI, vfs);
    handle_.reset(opened);
    sqlite3_extended_result_codes(opened, 1);
  }

  [[nodiscard]] int opened() const noexcept { return opened_; }
  [[nodiscard]] sqlite3* handle() const noexcept { return handle_.get(); }

  /// Runs SQL; returns SQLite's code.
  int run(const char* sql) noexcept {
    return sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  }

  /// The first value of the last row, or the error's message.
  [[nodiscard]] std::string value(const char* sql) {
    std::string value;
    const auto take = [](void* into, int, char** values, char**) {
      *static_cast<std::string*>(into) = values[0] == nullptr ? "" : values[0];
      return 0;
    };
    const int code = sqlite3_exec(handle_.get(), sql, take, &value, nullptr);
    return code == SQLITE_OK ? value : sqlite3_errmsg(handle_.get());
  }

  void close() noexcept { handle_.reset(); }

 private:
  struct Close {
    void operator()(sqlite3* handle) const noexcept { sqlite3_close(handle); }
  };
  int opened_ = SQLITE_OK;
  std::unique_ptr<sqlite3, Close> handle_;
};

/// A connection on the storage's VFS.
[[nodiscard]] inline RawDatabase on_our_vfs(const std::filesystem::path& path) {
  return {path.string(), sqlite::register_vfs(sqlite::base_vfs).c_str()};
}

/// A connection on SQLite's own VFS.
[[nodiscard]] inline RawDatabase on_stock_vfs(const std::filesystem::path& path) {
  return {path.string(), "unix"};
}

}  // namespace imagegallery
