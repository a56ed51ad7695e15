// SPDX-License-Identifier: Apache-2.0
#include "conformance/storage_backend_suite.hpp"

#include <imagegallery/storage/memory.hpp>
#include <imagegallery/storage/sqlite.hpp>

#include <sqlite3.h>

#include <stdexcept>

#include "storage/scratch_directory.hpp"

namespace imagegallery::conformance {
namespace {

class MemoryKind final : public Storage {
 public:
  StorageBackend& backend() override { return *backend_; }

 private:
  const std::unique_ptr<StorageBackend> backend_ = open_memory();
};

class SqliteKind final : public Storage {
 public:
  StorageBackend& backend() override { return *backend_; }

  std::unique_ptr<StorageBackend> open_again() override { return open_sqlite(path_); }

  void damage(const ContentId& content) override {
    sqlite3* handle = nullptr;
    sqlite3_open(path_.c_str(), &handle);
    const auto hex = [&] {
      std::string digits;
      for (const char c : content.to_string()) {
        if (c != '-') digits += c;
      }
      return digits;
    }();
    const auto sql =
        "UPDATE chunk SET bytes = CAST(zeroblob(10) || substr(bytes, 11) AS BLOB) WHERE id >> 20 ="
        " (SELECT number FROM content WHERE id = x'" +
        hex + "') AND id & 1048575 = 1";
    const int code = sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr);
    const int changed = sqlite3_changes(handle);
    sqlite3_close(handle);
    if (code != SQLITE_OK || changed != 1) throw std::runtime_error("no chunk was damaged");
  }

 private:
  const ScratchDirectory directory_;
  const std::filesystem::path path_ = directory_.path() / "gallery.db";
  const std::unique_ptr<StorageBackend> backend_ = open_sqlite(path_);
};

}  // namespace

const std::vector<BackendKind>& backend_kinds() {
  static const std::vector<BackendKind> kinds{
      {"memory", {}, [] { return std::make_unique<MemoryKind>(); }},
      {"sqlite",
       {.is_shared = true, .is_checked = true},
       [] { return std::make_unique<SqliteKind>(); }},
  };
  return kinds;
}

}  // namespace imagegallery::conformance
