// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite_schema.hpp"

#include <imagegallery/error.hpp>

#include <array>
#include <chrono>
#include <string>
#include <thread>

namespace imagegallery::sqlite {
namespace {

// Tenants are numbered, so that indexes do not repeat their names.
//
// content.images counts the images that have a content as their original, content.previews the
// preview rows of other contents that refer to it. With both at zero the sweep deletes it;
// released_at is when it was stored or last referenced.
//
// A chunk's id is content.number << 20 | n: chunks need no second index, are stored in order, and
// cannot be confused. garbage lists the numbers of swept content whose chunks are not deleted yet.
//
// image.revision is the number of the last change to the row. next_number is a lower bound of the
// first free number for this key, so that many equal names stay cheap.
//
// The indexes for lists contain folded_title, so that a search reads only matching rows.
constexpr std::string_view version_1 = R"sql(
CREATE TABLE tenant(
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  max_image_bytes INTEGER,
  max_total_bytes INTEGER
) STRICT;

CREATE TABLE tally(
  tenant INTEGER NOT NULL REFERENCES tenant,
  sub_type INTEGER NOT NULL,
  images INTEGER NOT NULL CHECK (images >= 0),
  bytes INTEGER NOT NULL CHECK (bytes >= 0),
  PRIMARY KEY (tenant, sub_type)
) STRICT, WITHOUT ROWID;

CREATE TABLE content(
  number INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  tenant INTEGER NOT NULL REFERENCES tenant,
  size INTEGER NOT NULL CHECK (size >= 0),
  complete INTEGER NOT NULL,
  damaged INTEGER NOT NULL DEFAULT 0,
  images INTEGER NOT NULL DEFAULT 0 CHECK (images >= 0),
  previews INTEGER NOT NULL DEFAULT 0 CHECK (previews >= 0),
  released_at INTEGER NOT NULL
) STRICT;
CREATE INDEX content_released ON content(released_at) WHERE images = 0 AND previews = 0;

CREATE TABLE chunk(
  id INTEGER PRIMARY KEY,
  checksum INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;

CREATE TABLE garbage(content INTEGER PRIMARY KEY) STRICT;

CREATE TABLE preview(
  content INTEGER NOT NULL REFERENCES content,
  position INTEGER NOT NULL,
  preset TEXT NOT NULL,
  stored INTEGER NOT NULL REFERENCES content,
  media_type TEXT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  size INTEGER NOT NULL,
  etag TEXT NOT NULL,
  recipe INTEGER NOT NULL,
  PRIMARY KEY (content, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX preview_stored ON preview(stored);

CREATE TABLE image(
  number INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  tenant INTEGER NOT NULL REFERENCES tenant,
  key TEXT NOT NULL,
  revision INTEGER NOT NULL,
  title TEXT NOT NULL,
  folded_title TEXT NOT NULL,
  file_name TEXT NOT NULL,
  sub_type INTEGER NOT NULL,
  is_public INTEGER NOT NULL,
  public_key TEXT NOT NULL,
  operation_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  content INTEGER NOT NULL REFERENCES content,
  media_type TEXT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  size INTEGER NOT NULL CHECK (size >= 0),
  etag TEXT NOT NULL,
  frames INTEGER NOT NULL,
  has_alpha INTEGER NOT NULL,
  next_number INTEGER NOT NULL DEFAULT 1,
  UNIQUE (tenant, key)
) STRICT;
CREATE UNIQUE INDEX image_public_key ON image(public_key) WHERE public_key <> '';
CREATE UNIQUE INDEX image_operation ON image(tenant, operation_id) WHERE operation_id <> '';
CREATE INDEX image_created ON image(tenant, sub_type, created_at, id, folded_title);
CREATE INDEX image_title ON image(tenant, sub_type, folded_title, id);
CREATE INDEX image_size ON image(tenant, sub_type, size, id, folded_title);
CREATE INDEX image_content ON image(content);
CREATE INDEX image_etag ON image(tenant, etag, size);

CREATE TABLE reference(
  image INTEGER NOT NULL REFERENCES image,
  tenant TEXT NOT NULL,
  type TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (image, tenant, type, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE change(
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  kind INTEGER NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  tenant INTEGER NOT NULL REFERENCES tenant,
  key TEXT NOT NULL,
  image BLOB NOT NULL
) STRICT;
)sql";

constexpr std::array<std::string_view, 1> all_migrations{version_1};

struct Stamp {
  std::string application;
  std::int64_t version = 0;
  bool empty = false;
};

// One statement, so one snapshot: another process may be creating the gallery.
Stamp read_stamp(Connection& connection) {
  auto query = connection.prepare(
      "SELECT (SELECT application_id FROM pragma_application_id),"
      " (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema)");
  query.step();
  return {query.text(0), std::stoll(query.text(1)), query.natural(2) == 0};
}

// Returns false if the database is empty. Throws if it is not a gallery of a known version.
bool is_gallery(const Connection& connection, const Stamp& stamp, std::size_t newest) {
  if (stamp.application == "0" && stamp.version == 0 && stamp.empty) return false;
  if (stamp.application != std::to_string(application_id)) {
    throw Error(ErrorCode::storage_failure,
                connection.name() + ": is a SQLite database, but not a gallery");
  }
  if (stamp.version > static_cast<std::int64_t>(newest)) {
    throw Error(ErrorCode::storage_failure,
                connection.name() + ": was written by a newer imagegallery (schema version " +
                    std::to_string(stamp.version) + ", this one supports up to " +
                    std::to_string(newest) + ")");
  }
  if (stamp.version < 1) {
    throw Error(ErrorCode::corrupt_data, connection.name() + ": has no schema version");
  }
  return true;
}

// Several processes may create one gallery at once. The pragma upgrades a read lock, for which
// SQLite does not call the busy handler.
void use_write_ahead_log(Connection& connection) {
  const auto deadline = std::chrono::steady_clock::now() + connection.busy_timeout();
  while (true) {
    try {
      return connection.set_pragma("journal_mode", "WAL", "wal");
    } catch (const Error& error) {
      if (error.code() != ErrorCode::busy || std::chrono::steady_clock::now() >= deadline) throw;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
}

}  // namespace

std::span<const std::string_view> migrations() noexcept { return all_migrations; }

void migrate(Connection& connection, std::span<const std::string_view> steps) {
  auto stamp = read_stamp(connection);
  if (!is_gallery(connection, stamp, steps.size())) {
    // These take effect only while the file is empty. Another process may be creating it too.
    (void)connection.query_value("PRAGMA page_size=16384");
    // So that the sweep can return space to the file system.
    (void)connection.query_value("PRAGMA auto_vacuum=INCREMENTAL");
  }
  if (stamp.version < static_cast<std::int64_t>(steps.size())) {
    Transaction transaction(connection);
    stamp = read_stamp(connection);
    (void)is_gallery(connection, stamp, steps.size());
    for (auto version = static_cast<std::size_t>(stamp.version); version < steps.size();
         ++version) {
      connection.execute(std::string{steps[version]}.c_str());
    }
    connection.execute(("PRAGMA application_id=" + std::to_string(application_id) +
                        ";PRAGMA user_version=" + std::to_string(steps.size()))
                           .c_str());
    transaction.commit();
  }
  use_write_ahead_log(connection);
}

void require_current_version(Connection& connection, std::span<const std::string_view> steps) {
  const auto stamp = read_stamp(connection);
  if (!is_gallery(connection, stamp, steps.size())) {
    throw Error(ErrorCode::storage_failure, connection.name() + ": is empty, not a gallery");
  }
  if (stamp.version < static_cast<std::int64_t>(steps.size())) {
    throw Error(ErrorCode::storage_failure,
                connection.name() + ": has schema version " + std::to_string(stamp.version) +
                    "; open it for writing once to migrate it to version " +
                    std::to_string(steps.size()));
  }
}

}  // namespace imagegallery::sqlite
