// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/error.hpp>
#include <imagegallery/storage/sqlite.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "storage/disk_space.hpp"
#include "storage/sqlite_changes.hpp"
#include "storage/sqlite_connection.hpp"
#include "storage/sqlite_content.hpp"
#include "storage/sqlite_image_rows.hpp"
#include "storage/sqlite_list.hpp"
#include "storage/sqlite_reader_pool.hpp"
#include "storage/sqlite_repeated_reads.hpp"
#include "storage/sqlite_schema.hpp"
#include "storage/sqlite_storage.hpp"
#include "storage/sqlite_write_queue.hpp"

namespace imagegallery {
namespace {

using sqlite::Connection;
using sqlite::ConnectionOptions;
using sqlite::Durability;
using sqlite::Quarantine;

void check(const SqliteOptions& options) {
  const auto require = [](bool valid, const char* message) {
    if (!valid) throw Error(ErrorCode::invalid_argument, message);
  };
  require(options.busy_timeout >= std::chrono::milliseconds{0} &&
              options.busy_timeout <= std::chrono::hours{1},
          "SqliteOptions::busy_timeout: must be 0 to 1 hour");
  require(options.max_readers >= 1 && options.max_readers <= 64,
          "SqliteOptions::max_readers: must be 1 to 64");
  require(options.checkpoint_bytes >= (64u << 10) && options.checkpoint_bytes <= (1u << 30),
          "SqliteOptions::checkpoint_bytes: must be 64 KiB to 1 GiB");
}

// In a read-only directory SQLite cannot coordinate with writers. Without a WAL there are none.
bool has_no_writers(const std::filesystem::path& path) {
  const bool directory_is_writable =
      ::faccessat(AT_FDCWD, path.parent_path().c_str(), W_OK, AT_EACCESS) == 0;
  return !directory_is_writable && !std::filesystem::exists(path.string() + "-wal");
}

bool needs_room(const Change& change) { return std::holds_alternative<CreateImage>(change.action); }

class SqliteStorage final : public StorageBackend {
 public:
  SqliteStorage(const std::filesystem::path& path, const SqliteOptions& options,
                std::string_view vfs)
      : path_(path),
        options_(options),
        vfs_(vfs),
        is_immutable_(options.read_only && has_no_writers(path)),
        owner_(::getpid()),
        reserve_(path.string(), options.reserve_bytes) {
    if (!options.read_only) writes_ = open_for_writing();
    watch_ = connect(false, 64);
    if (options.read_only) sqlite::require_current_version(*watch_, sqlite::migrations());
    readers_ = std::make_unique<sqlite::ReaderPool>([this] { return connect(false, 4096); },
                                                    options.max_readers);
  }

  std::optional<ImageRecord> find(std::string_view tenant, std::string_view key) const override {
    return find_one(" WHERE tenant.name = ?1 AND image.key = ?2", tenant, key);
  }

  std::optional<ImageRecord> find_public(std::string_view public_key) const override {
    return find_one(" WHERE image.public_key = ?1 AND image.public_key <> ''", public_key);
  }

  std::optional<ImageRecord> find_content(std::string_view tenant, std::string_view etag,
                                          std::uint64_t size) const override {
    return find_one(
        " WHERE image.tenant = (SELECT number FROM tenant WHERE name = ?1)"
        " AND image.etag = ?2 AND image.size = ?3 AND content.damaged = 0 LIMIT 1",
        tenant, etag, size);
  }

  std::vector<ContentId> find_quarantined(std::string_view tenant, std::string_view etag,
                                          std::uint64_t size) const override {
    return read([&](Connection& connection) {
      auto query = connection.prepare(
          "SELECT DISTINCT content.id FROM image JOIN content ON content.number = image.content"
          " WHERE image.tenant = (SELECT number FROM tenant WHERE name = ?1)"
          " AND image.etag = ?2 AND image.size = ?3 AND content.damaged <> 0");
      query.bind(tenant, etag, size);
      std::vector<ContentId> found;
      while (query.step()) found.push_back(query.id<ContentId>(0));
      return found;
    });
  }

  std::vector<ImageRecord> list(const ListRequest& request) const override {
    return read([&](Connection& connection) { return sqlite::list_images(connection, request); });
  }

  std::uint64_t count(const ListRequest& request) const override {
    return read([&](Connection& connection) { return sqlite::count_images(connection, request); });
  }

  std::vector<ImageUse> uses(std::string_view tenant, const ImageId& id) const override {
    return read([&](Connection& connection) { return sqlite::read_uses(connection, tenant, id); });
  }

  TenantUsage usage(std::string_view tenant) const override {
    return read([&](Connection& connection) {
      auto query = connection.prepare(
          "SELECT max_image_bytes, max_total_bytes,"
          " (SELECT sum(images) FROM tally WHERE tally.tenant = tenant.number),"
          " (SELECT sum(bytes) FROM tally WHERE tally.tenant = tenant.number)"
          " FROM tenant WHERE name = ?1");
      TenantUsage usage;
      if (query.bind(tenant).step()) {
        if (!query.is_null(0)) usage.limits.max_image_bytes = query.natural(0);
        if (!query.is_null(1)) usage.limits.max_total_bytes = query.natural(1);
        usage.images = query.natural(2);
        usage.bytes = query.natural(3);
      }
      return usage;
    });
  }

  std::size_t read_at(const ContentId& content, std::uint64_t offset,
                      std::span<std::byte> into) const override {
    return read(
        [&](Connection& connection) {
          return sqlite::read_content(connection, content, offset, into, Quarantine::respect);
        },
        content);
  }

  std::size_t verify_at(const ContentId& content, std::uint64_t offset,
                        std::span<std::byte> into) const override {
    require_owner();
    auto reader = readers_->take();
    return read_past_caches(reader, [&](Connection& connection) {
      return sqlite::read_content(connection, content, offset, into, Quarantine::ignore);
    });
  }

  void put_content(std::string_view tenant, const ContentId& content, const ByteSource& source,
                   Time now) override {
    write_once([&] { sqlite::put_content(writes(), reserve_, tenant, content, source, now); });
  }

  void drop_content(const ContentId& content) override {
    write_once([&] { sqlite::drop_content(writes(), content); });
  }

  std::vector<ChangeResult> commit(std::span<const Change> changes) override {
    std::vector<ChangeResult> results;
    write(Durability::synced, [&](Connection& connection) {
      if (std::any_of(changes.begin(), changes.end(), needs_room)) {
        sqlite::require_room(connection, reserve_, 0);
      }
      results.clear();
      results.reserve(changes.size());
      for (const auto& change : changes) {
        results.push_back(sqlite::apply_change(connection, change));
      }
    });
    return results;
  }

  ChangeFeed changes_since(std::uint64_t after, std::uint32_t max_events) const override {
    require_owner();
    {
      // The data version changes with each commit of any other connection, in any process. Read
      // it first: a commit in between makes the next call read the sequence again.
      const std::lock_guard lock(watch_mutex_);
      auto query = watch_->prepare("PRAGMA data_version");
      (void)query.step();
      const auto version = query.integer(0);
      query.run();
      if (version != watched_version_) {
        watched_sequence_ = newest_change();
        watched_version_ = version;
      }
      if (after == watched_sequence_) return {watched_sequence_, true, {}};
    }
    return read([&](Connection& connection) {
      return sqlite::read_changes(connection, after, max_events);
    });
  }

  bool sweep(Time content_before, Time changes_before) override {
    bool more = false;
    write(Durability::later, [&](Connection& connection) {
      const bool scarce = reserve_.room().value_or(0) < 0;
      const bool more_content = sqlite::sweep_content(connection, content_before, scarce);
      more = sqlite::forget_changes(connection, changes_before) || more_content;
    });
    return more;
  }

  StorageStatus status() const override {
    StorageStatus status;
    if (const auto disk = sqlite::disk_space(path_.c_str())) status.free_bytes = disk->free;
    if (!writes_) return status;
    status.log_bytes = writes_->log().bytes();
    status.problem = writes_->log().problem();
    if (!status.problem && reserve_.room().value_or(0) < 0) status.problem = reserve_.error();
    return status;
  }

  void check_write() override {
    writes().run(Durability::synced, [](Connection& connection) {
      // Writes a page of the database, and changes nothing.
      const auto version = connection.query_value("PRAGMA user_version");
      connection.execute(("PRAGMA user_version=" + version).c_str());
    });
  }

 private:
  std::unique_ptr<sqlite::WriteQueue> open_for_writing() {
    auto writer = connect(options_.create, 8192);
    sqlite::migrate(*writer, sqlite::migrations());
    try {
      // SQLite opens a log or an index that it cannot write for reading, without a word.
      const sqlite::Transaction proof(*writer);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::read_only) throw;
      throw Error(ErrorCode::read_only,
                  path_.string() +
                      ": cannot be written: check the owners and permissions of it and"
                      " of \"-wal\" and \"-shm\" beside it, or open it read-only")
          .with_native(error.native_code(), error.system_error());
    }
    auto log = std::make_unique<sqlite::WriteAheadLog>(*writer, connect(false, 256),
                                                       options_.checkpoint_bytes);
    return std::make_unique<sqlite::WriteQueue>(std::move(writer), std::move(log));
  }

  std::unique_ptr<Connection> connect(bool create, int cache_kib) const {
    ConnectionOptions options;
    options.create = create;
    options.read_only = options_.read_only;
    options.immutable = is_immutable_;
    options.busy_timeout = options_.busy_timeout;
    options.cache_kib = cache_kib;
    options.vfs = vfs_;
    return std::make_unique<Connection>(path_, options);
  }

  // A child that fork() made has dead copies of the connections (see `register_vfs`).
  void require_owner() const {
    if (::getpid() != owner_) {
      throw Error(ErrorCode::storage_failure,
                  path_.string() + ": was opened before fork(); open it again in the child");
    }
  }

  // Runs `query` with a reader. What looks like damage may be a read that went wrong and that the
  // caches repeat: it is damage only if it fails again without them. `content`: what is read; nil
  // for records.
  template <typename Query>
  std::invoke_result_t<Query, Connection&> read(const Query& query,
                                                const ContentId& content = {}) const {
    require_owner();
    auto reader = readers_->take();
    try {
      return query(*reader);
    } catch (const sqlite::QuarantinedContent&) {
      throw;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::corrupt_data) throw;
      if (!repeated_reads_.should_repeat(content)) {
        (*reader).forget_own_pages();
        throw;
      }
    }
    try {
      return read_past_caches(reader, query);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::corrupt_data) repeated_reads_.failed_again(content);
      // So that the next read succeeds if the disk does, although it may not be repeated.
      (*reader).forget_own_pages();
      throw;
    }
  }

  template <typename Query>
  std::invoke_result_t<Query, Connection&> read_past_caches(sqlite::ReaderPool::Lease& reader,
                                                            const Query& query) const {
    (*reader).forget_cached_pages();
    reader.reopen();
    return query(*reader);
  }

  // The same for a transaction: only if `work` itself failed, so that nothing is committed twice.
  void write(Durability durability, const sqlite::WriteQueue::Work& work) {
    bool applied = false;
    try {
      return writes().run(durability, [&](Connection& connection) {
        applied = false;
        work(connection);
        applied = true;
      });
    } catch (const Error& error) {
      if (error.code() != ErrorCode::corrupt_data || applied) throw;
    }
    forget_pages_of_writer();
    writes().run(durability, work);
  }

  // The same for a call that is not repeated: the next one reads from the disk.
  template <typename Call>
  void write_once(const Call& call) {
    try {
      call();
    } catch (const Error& error) {
      if (error.code() == ErrorCode::corrupt_data) forget_pages_of_writer();
      throw;
    }
  }

  void forget_pages_of_writer() {
    writes().run(Durability::later,
                 [](Connection& connection) { connection.forget_cached_pages(); });
  }

  // Requires watch_mutex_.
  std::uint64_t newest_change() const {
    try {
      return sqlite::newest_change(*watch_);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::corrupt_data) throw;
    }
    watch_->forget_cached_pages();
    return sqlite::newest_change(*watch_);
  }

  sqlite::WriteQueue& writes() const {
    require_owner();
    if (!writes_) {
      throw Error(ErrorCode::read_only, path_.string() + ": was opened read-only");
    }
    return *writes_;
  }

  template <typename... Values>
  std::optional<ImageRecord> find_one(std::string_view condition, const Values&... values) const {
    return read([&](Connection& connection) -> std::optional<ImageRecord> {
      auto query = connection.prepare(std::string{sqlite::select_image}.append(condition));
      query.bind(values...);
      if (!query.step()) return std::nullopt;
      return sqlite::read_image_row(connection, query).record;
    });
  }

  const std::filesystem::path path_;
  const SqliteOptions options_;
  const std::string vfs_;
  const bool is_immutable_;
  const ::pid_t owner_;
  const sqlite::DiskReserve reserve_;
  std::unique_ptr<sqlite::WriteQueue> writes_;  // Null if read-only.
  std::unique_ptr<sqlite::ReaderPool> readers_;
  mutable sqlite::RepeatedReads repeated_reads_;

  mutable std::mutex watch_mutex_;
  std::unique_ptr<Connection> watch_;  // Guarded by watch_mutex_, like the next two.
  mutable std::int64_t watched_version_ = -1;
  mutable std::uint64_t watched_sequence_ = 0;
};

}  // namespace

std::unique_ptr<StorageBackend> open_sqlite(const std::filesystem::path& path,
                                            const SqliteOptions& options) {
  return sqlite::open_sqlite_on(path, options, sqlite::base_vfs);
}

std::unique_ptr<StorageBackend> sqlite::open_sqlite_on(const std::filesystem::path& path,
                                                       const SqliteOptions& options,
                                                       std::string_view vfs) {
  check(options);
  if (path.empty()) throw Error(ErrorCode::invalid_argument, "path: must not be empty");
  if ((!options.create || options.read_only) && !std::filesystem::exists(path)) {
    throw Error(ErrorCode::storage_failure, path.string() + ": no such file");
  }
  try {
    return std::make_unique<SqliteStorage>(std::filesystem::absolute(path), options, vfs);
  } catch (const sqlite::NotADatabase&) {
    throw Error(ErrorCode::storage_failure, path.string() + ": is not a gallery");
  }
}

}  // namespace imagegallery
