// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>
#include <imagegallery/error.hpp>
#include <imagegallery/image.hpp>
#include <imagegallery/random_id.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>

#include "storage/sqlite_vfs.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace imagegallery::sqlite {

class Connection;

/// The file is not a database. Its own type, because on opening this is not `corrupt_data`.
class NotADatabase final : public Error {
 public:
  using Error::Error;
};

/// A prepared statement leased from its connection, reset and returned at the end of its scope.
/// Parameters are not copied: bound values must outlive the run.
class Statement {
 public:
  /// `place` stores the handle between leases.
  Statement(Connection& connection, sqlite3_stmt* handle, sqlite3_stmt*& place) noexcept;
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  /// Binds ?1, ?2, … to the values.
  template <typename... Values>
  Statement& bind(const Values&... values) {
    int at = 0;
    (bind_at(++at, values), ...);
    return *this;
  }

  void bind_at(int at, std::int64_t value);
  void bind_at(int at, std::uint64_t value) { bind_at(at, static_cast<std::int64_t>(value)); }
  void bind_at(int at, std::uint32_t value) { bind_at(at, std::int64_t{value}); }
  void bind_at(int at, int value) { bind_at(at, std::int64_t{value}); }
  void bind_at(int at, bool value) { bind_at(at, std::int64_t{value}); }
  void bind_at(int at, Time value) { bind_at(at, value.time_since_epoch().count()); }
  void bind_at(int at, std::string_view value);
  void bind_at(int at, const char* value) { bind_at(at, std::string_view{value}); }
  void bind_at(int at, ByteView value);
  void bind_at(int at, const std::optional<std::uint64_t>& value);
  template <typename Tag>
  void bind_at(int at, const RandomId<Tag>& id) {
    bind_at(at, std::as_bytes(std::span{id.bytes}));
  }

  /// Steps to the next row and returns whether there is one. Throws: as `Connection::fail`.
  bool step();

  /// Runs to the end and ignores any rows.
  void run();

  /// Runs to the end or to the first error, which is ignored.
  void try_run() noexcept;

  /// Resets the statement, so that it can be bound and run again.
  void reset() noexcept;

  // Columns of the current row, from 0. Views are valid until the next step.
  [[nodiscard]] bool is_null(int column) const noexcept;
  [[nodiscard]] std::int64_t integer(int column) const noexcept;
  [[nodiscard]] std::uint64_t natural(int column) const noexcept;
  [[nodiscard]] Time time(int column) const noexcept;
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] ByteView blob(int column) const;

  /// An id. Throws: `corrupt_data` if the column has the wrong size.
  template <typename Id>
  [[nodiscard]] Id id(int column) const {
    Id id;
    copy_id(column, std::as_writable_bytes(std::span{id.bytes}));
    return id;
  }

 private:
  void copy_id(int column, std::span<std::byte> into) const;

  Connection* connection_;
  sqlite3_stmt* handle_;
  sqlite3_stmt** place_;
};

/// Options of a connection.
struct ConnectionOptions {
  bool create = false;
  bool read_only = false;
  bool immutable = false;  ///< Nobody writes: needs no locks, WAL or index file.
  std::chrono::milliseconds busy_timeout{10'000};
  int cache_kib = 4096;
  std::string vfs{base_vfs};  ///< What our VFS is built on (see `register_vfs`).
};

/// A connection to a database file with our settings, each verified. For one thread at a time.
///
/// Everything that runs SQL throws `busy`, `corrupt_data` or `storage_failure` with SQLite's
/// message, and `std::bad_alloc`.
class Connection {
 public:
  Connection(const std::filesystem::path& path, const ConnectionOptions& options);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// A statement for `sql`, prepared once and cached.
  [[nodiscard]] Statement prepare(std::string_view sql);

  /// Runs statements that return no rows, without caching them.
  void execute(const char* sql);

  /// The first value of the first row; empty if there is none. The statement is not cached:
  /// some pragmas take effect when compiled.
  [[nodiscard]] std::string query_value(const char* sql);

  /// Sets a pragma. Throws: `storage_failure` if it then does not read as `reads_as`.
  void set_pragma(std::string_view name, std::string_view value, std::string_view reads_as);

  /// Drops the pages that are not in use from SQLite's cache.
  void forget_own_pages() noexcept;

  /// Does the same, and asks the system to drop its own of the database and its log, so that the
  /// next read comes from the disk. The system's answer is only a hint: pages that are not written
  /// back yet stay.
  void forget_cached_pages() noexcept;

  [[nodiscard]] bool in_transaction() const noexcept;
  [[nodiscard]] std::int64_t last_insert_rowid() const noexcept;
  [[nodiscard]] std::int64_t changed_rows() const noexcept;
  [[nodiscard]] sqlite3* handle() const noexcept { return handle_.get(); }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] std::chrono::milliseconds busy_timeout() const noexcept { return busy_timeout_; }

  /// Throws the error for a result code, with the message of the last error.
  [[noreturn]] void fail(int code) const;

 private:
  struct Close {
    void operator()(sqlite3* handle) const noexcept;
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };

  static int wait_for_lock(void* self, int attempt) noexcept;
  void configure(const ConnectionOptions& options);

  std::string name_;
  std::chrono::milliseconds busy_timeout_;
  std::chrono::steady_clock::time_point waiting_since_{};
  std::unique_ptr<sqlite3, Close> handle_;
  // Null while the statement is leased.
  std::unordered_map<std::string, sqlite3_stmt*, TextHash, std::equal_to<>> statements_;
};

/// A transaction, rolled back at the end of its scope unless committed.
class Transaction {
 public:
  explicit Transaction(Connection& connection);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  void commit();

 private:
  Connection& connection_;
  Statement rollback_;  // Prepared before anything can go wrong.
  bool open_ = true;
};

}  // namespace imagegallery::sqlite
