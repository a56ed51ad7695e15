// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite_connection.hpp"

#include <imagegallery/error.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <system_error>
#include <thread>
#include <utility>

namespace imagegallery::sqlite {
namespace {

// An I/O error is never damage, whatever SQLite calls it: 3.40 has IOERR_CORRUPTFS for a read that
// fails with EIO, and the next read may succeed.
ErrorCode error_code(int code, int system_error) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:  // Timed out on the locks of the WAL.
      return ErrorCode::busy;
    case SQLITE_CORRUPT:
      return ErrorCode::corrupt_data;
    case SQLITE_FULL:
      return ErrorCode::storage_full;
    case SQLITE_READONLY:
      return ErrorCode::read_only;
    case SQLITE_IOERR:
      if (system_error == ENOSPC || system_error == EDQUOT) return ErrorCode::storage_full;
      return ErrorCode::storage_failure;
    default:
      return ErrorCode::storage_failure;
  }
}

}  // namespace

Statement::Statement(Connection& connection, sqlite3_stmt* handle, sqlite3_stmt*& place) noexcept
    : connection_(&connection), handle_(handle), place_(&place) {}

Statement::Statement(Statement&& other) noexcept
    : connection_(other.connection_),
      handle_(std::exchange(other.handle_, nullptr)),
      place_(other.place_) {}

Statement::~Statement() {
  if (handle_ == nullptr) return;
  // Nested use of the same SQL leases two statements; only one is cached.
  if (*place_ != nullptr) {
    sqlite3_finalize(handle_);
    return;
  }
  sqlite3_reset(handle_);
  sqlite3_clear_bindings(handle_);
  *place_ = handle_;
}

void Statement::bind_at(int at, std::int64_t value) {
  if (const int code = sqlite3_bind_int64(handle_, at, value); code != SQLITE_OK) {
    connection_->fail(code);
  }
}

void Statement::bind_at(int at, std::string_view value) {
  // A null pointer would be bound as NULL.
  const char* const text = value.data() == nullptr ? "" : value.data();
  if (const int code =
          sqlite3_bind_text64(handle_, at, text, value.size(), SQLITE_STATIC, SQLITE_UTF8);
      code != SQLITE_OK) {
    connection_->fail(code);
  }
}

void Statement::bind_at(int at, ByteView value) {
  const void* const bytes = value.data() == nullptr ? "" : static_cast<const void*>(value.data());
  if (const int code = sqlite3_bind_blob64(handle_, at, bytes, value.size(), SQLITE_STATIC);
      code != SQLITE_OK) {
    connection_->fail(code);
  }
}

void Statement::bind_at(int at, const std::optional<std::uint64_t>& value) {
  if (value) return bind_at(at, *value);
  if (const int code = sqlite3_bind_null(handle_, at); code != SQLITE_OK) connection_->fail(code);
}

bool Statement::step() {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  connection_->fail(code);
}

void Statement::run() {
  while (step()) {
  }
}

void Statement::try_run() noexcept {
  while (sqlite3_step(handle_) == SQLITE_ROW) {
  }
}

void Statement::reset() noexcept { sqlite3_reset(handle_); }

bool Statement::is_null(int column) const noexcept {
  return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const noexcept {
  return sqlite3_column_int64(handle_, column);
}

std::uint64_t Statement::natural(int column) const noexcept {
  return static_cast<std::uint64_t>(integer(column));
}

Time Statement::time(int column) const noexcept {
  return Time{std::chrono::milliseconds{integer(column)}};
}

std::string Statement::text(int column) const {
  if (is_null(column)) return {};
  const auto* const text = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
  if (text == nullptr) throw std::bad_alloc();
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

ByteView Statement::blob(int column) const {
  const auto* const bytes = static_cast<const std::byte*>(sqlite3_column_blob(handle_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
  if (bytes == nullptr && (size != 0 || sqlite3_errcode(connection_->handle()) == SQLITE_NOMEM)) {
    throw std::bad_alloc();
  }
  return {bytes, size};
}

void Statement::copy_id(int column, std::span<std::byte> into) const {
  const auto bytes = blob(column);
  if (bytes.size() != into.size()) {
    throw Error(ErrorCode::corrupt_data, connection_->name() + ": contains an id of " +
                                             std::to_string(bytes.size()) + " bytes");
  }
  std::copy(bytes.begin(), bytes.end(), into.begin());
}

void Connection::Close::operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }

Connection::Connection(const std::filesystem::path& path, const ConnectionOptions& options)
    : name_(path.string()), busy_timeout_(options.busy_timeout) {
  // A URI, for "immutable=1"; absolute, so that no file name has a special meaning.
  std::string uri = "file:";
  for (const char c : std::filesystem::absolute(path).string()) {
    if (c == '%' || c == '?' || c == '#') {
      constexpr std::string_view digits = "0123456789ABCDEF";
      const auto byte = static_cast<unsigned char>(c);
      uri.append({'%', digits[byte >> 4], digits[byte & 0x0f]});
    } else {
      uri += c;
    }
  }
  if (options.immutable) uri += "?immutable=1";
  int flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
  flags |= options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  if (options.create && !options.read_only) flags |= SQLITE_OPEN_CREATE;
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(uri.c_str(), &opened, flags, register_vfs(options.vfs).c_str());
  handle_.reset(opened);
  if (opened == nullptr) throw std::bad_alloc();
  sqlite3_extended_result_codes(opened, 1);
  if (code != SQLITE_OK) fail(sqlite3_extended_errcode(opened));
  // SQLite silently opens a file without write permission as read-only.
  if (!options.read_only && sqlite3_db_readonly(opened, "main") == 1) {
    throw Error(ErrorCode::read_only, name_ + ": cannot be written; open it read-only");
  }
  sqlite3_busy_handler(opened, &Connection::wait_for_lock, this);
  configure(options);
}

Connection::~Connection() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
}

void Connection::configure(const ConnectionOptions& options) {
  sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  // Must be off before the first write: only WriteQueue checkpoints.
  set_pragma("wal_autocheckpoint", "0", "0");
  // A truncated file must cause an error, not a SIGBUS in the host.
  if (const auto mapped = query_value("PRAGMA mmap_size=0"); !mapped.empty() && mapped != "0") {
    throw Error(ErrorCode::storage_failure, name_ + ": cannot turn off memory mapping");
  }
  set_pragma("trusted_schema", "OFF", "0");
  set_pragma("cell_size_check", "ON", "1");
  set_pragma("temp_store", "MEMORY", "2");
  set_pragma("foreign_keys", "ON", "1");
  const auto cache = "-" + std::to_string(options.cache_kib);
  set_pragma("cache_size", cache, cache);
}

// SQLite's own handler sleeps up to 100 ms. A process that writes continuously releases the lock
// for only some tens of microseconds between groups, so poll often.
int Connection::wait_for_lock(void* self, int attempt) noexcept {
  auto& connection = *static_cast<Connection*>(self);
  const auto now = std::chrono::steady_clock::now();
  if (attempt == 0) connection.waiting_since_ = now;
  if (now - connection.waiting_since_ >= connection.busy_timeout_) return 0;
  std::this_thread::sleep_for(std::chrono::microseconds{50 << std::min(attempt, 4)});
  return 1;
}

Statement Connection::prepare(std::string_view sql) {
  auto cached = statements_.find(sql);
  if (cached == statements_.end()) cached = statements_.emplace(sql, nullptr).first;
  auto*& place = cached->second;
  if (place != nullptr) return {*this, std::exchange(place, nullptr), place};
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) fail(code);
  return {*this, statement, place};
}

void Connection::execute(const char* sql) {
  if (const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
      code != SQLITE_OK) {
    fail(code);
  }
}

std::string Connection::query_value(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  if (const int code = sqlite3_prepare_v2(handle_.get(), sql, -1, &statement, nullptr);
      code != SQLITE_OK) {
    fail(code);
  }
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> owned(statement, &sqlite3_finalize);
  const int code = sqlite3_step(statement);
  if (code == SQLITE_DONE) return {};
  if (code != SQLITE_ROW) fail(code);
  if (sqlite3_column_type(statement, 0) == SQLITE_NULL) return {};
  const auto* const text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
  if (text == nullptr) throw std::bad_alloc();
  return text;
}

void Connection::set_pragma(std::string_view name, std::string_view value,
                            std::string_view reads_as) {
  const auto query = "PRAGMA " + std::string{name};
  (void)query_value((query + "=" + std::string{value}).c_str());
  if (const auto now = query_value(query.c_str()); now != reads_as) {
    throw Error(ErrorCode::storage_failure, name_ + ": PRAGMA " + std::string{name} + " is \"" +
                                                now + "\" instead of " + std::string{value});
  }
}

void Connection::forget_own_pages() noexcept { (void)sqlite3_db_release_memory(handle_.get()); }

void Connection::forget_cached_pages() noexcept {
  forget_own_pages();
  drop_system_cache(handle_.get());
}

bool Connection::in_transaction() const noexcept {
  return sqlite3_get_autocommit(handle_.get()) == 0;
}

std::int64_t Connection::last_insert_rowid() const noexcept {
  return sqlite3_last_insert_rowid(handle_.get());
}

std::int64_t Connection::changed_rows() const noexcept { return sqlite3_changes(handle_.get()); }

void Connection::fail(int code) const {
  if ((code & 0xff) == SQLITE_NOMEM || code == SQLITE_IOERR_NOMEM) throw std::bad_alloc();
  const bool has_errno = (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN;
  const int system_error = has_errno ? sqlite3_system_errno(handle_.get()) : 0;
  const auto kind = error_code(code, system_error);
  auto message = name_ + ": " + sqlite3_errmsg(handle_.get());
  if (system_error != 0) message += ": " + std::generic_category().message(system_error);
  if (kind == ErrorCode::busy) {
    message +=
        " (another process did not release it in time; a child that a program made without"
        " running fork handlers keeps its parent's locks until it exits)";
  }
  message += " (SQLite error " + std::to_string(code) + ")";
  if ((code & 0xff) == SQLITE_NOTADB) throw NotADatabase(ErrorCode::corrupt_data, message);
  throw Error(kind, message).with_native(code, system_error);
}

Transaction::Transaction(Connection& connection)
    : connection_(connection), rollback_(connection.prepare("ROLLBACK")) {
  // The rollback of the last transaction may have run out of memory.
  if (connection_.in_transaction()) rollback_.run();
  rollback_.reset();
  connection_.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  // SQLite may have rolled back already.
  if (open_ && connection_.in_transaction()) rollback_.try_run();
}

void Transaction::commit() {
  connection_.execute("COMMIT");
  open_ = false;
}

}  // namespace imagegallery::sqlite
