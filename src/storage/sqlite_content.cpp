// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite_content.hpp"

#include <imagegallery/error.hpp>

#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

namespace imagegallery::sqlite {
namespace {

constexpr std::uint64_t buffer_bytes = 1u << 20;

std::int64_t chunk_id(std::int64_t content_number, std::uint64_t chunk) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(content_number) * max_chunks + chunk);
}

// Seeded with the id, so that a misplaced chunk fails as well.
std::int64_t checksum(std::int64_t id, ByteView bytes) {
  return static_cast<std::int64_t>(
      XXH3_64bits_withSeed(bytes.data(), bytes.size(), static_cast<XXH64_hash_t>(id)));
}

std::int64_t insert_content(Connection& connection, std::string_view tenant,
                            const ContentId& content, std::uint64_t size, Time now) {
  {
    auto known = connection.prepare("SELECT 1 FROM content WHERE id = ?1");
    if (known.bind(content).step()) {
      throw Error(ErrorCode::conflict, "content " + content.to_string() + " already exists");
    }
  }
  connection.prepare("INSERT INTO tenant(name) VALUES (?1) ON CONFLICT DO NOTHING")
      .bind(tenant)
      .run();
  // A number whose chunks are not deleted yet is not free.
  connection
      .prepare(
          "INSERT INTO content(number, id, tenant, size, complete, released_at) VALUES (1 + max("
          " ifnull((SELECT max(number) FROM content), 0),"
          " ifnull((SELECT max(content) FROM garbage), 0)),"
          " ?1, (SELECT number FROM tenant WHERE name = ?2), ?3, 0, ?4)")
      .bind(content, tenant, size, now)
      .run();
  return connection.last_insert_rowid();
}

void insert_chunks(Connection& connection, std::int64_t number, std::uint64_t first,
                   ByteView bytes) {
  auto insert = connection.prepare("INSERT INTO chunk(id, checksum, bytes) VALUES (?1, ?2, ?3)");
  while (!bytes.empty()) {
    const auto chunk = bytes.first(std::min<std::size_t>(bytes.size(), chunk_bytes));
    const auto id = chunk_id(number, first++);
    insert.bind(id, checksum(id, chunk), chunk).run();
    insert.reset();
    bytes = bytes.subspan(chunk.size());
  }
}

[[noreturn]] void fail_chunk(const Connection& connection, const ContentId& content,
                             std::uint64_t chunk, std::string_view problem) {
  throw Error(ErrorCode::corrupt_data, connection.name() + ": chunk " + std::to_string(chunk) +
                                           " of content " + content.to_string() + " " +
                                           std::string{problem});
}

}  // namespace

void require_room(Connection& connection, const DiskReserve& reserve, std::uint64_t bytes) {
  constexpr std::int64_t far_from_full = 1 << 30;
  // What small changes, which are never refused, add to the file.
  constexpr std::uint64_t slack = 1 << 20;
  // Beside the bytes themselves: rows, indexes and the ends of pages.
  const auto needed = static_cast<std::int64_t>(bytes + bytes / 16 + (64u << 10));
  const auto room = reserve.room();
  if (!room || *room - needed > far_from_full) return;
  const auto number = [&](const char* pragma) {
    return static_cast<std::int64_t>(std::stoll(connection.query_value(pragma)));
  };
  const auto page = number("PRAGMA page_size");
  const auto more = std::max<std::int64_t>(0, needed - number("PRAGMA freelist_count") * page);
  if (*room < more) throw reserve.error();
  // The pages are in the log first. Without blocks of their own in the file, they could not be
  // copied back once others have filled the disk, and the log could not be reset.
  const auto size = static_cast<std::uint64_t>(number("PRAGMA page_count") * page + more);
  if (allocate_database(connection.handle(), size + slack) == ENOSPC &&
      allocate_database(connection.handle(), size) == ENOSPC) {
    throw reserve.error();
  }
}

void put_content(WriteQueue& queue, const DiskReserve& reserve, std::string_view tenant,
                 const ContentId& content, const ByteSource& source, Time now) {
  const auto size = source.size();
  if (size > max_chunks * chunk_bytes) {
    throw Error(ErrorCode::limit_exceeded,
                "content of " + std::to_string(size) + " bytes exceeds the maximum of " +
                    std::to_string(max_chunks * chunk_bytes) + " bytes of this storage");
  }
  Bytes buffer(static_cast<std::size_t>(std::min(size, buffer_bytes)));
  std::int64_t number = 0;
  std::uint64_t done = 0;
  do {
    const auto part =
        std::span{buffer}.first(static_cast<std::size_t>(std::min(size - done, buffer_bytes)));
    if (source.read_at(done, part) != part.size()) {
      throw Error(ErrorCode::storage_failure,
                  "the source ended before its " + std::to_string(size) + " bytes were read");
    }
    const bool is_last = done + part.size() == size;
    queue.run(Durability::later, [&](Connection& connection) {
      require_room(connection, reserve, part.size());
      const auto row = done == 0 ? insert_content(connection, tenant, content, size, now) : number;
      insert_chunks(connection, row, done / chunk_bytes, part);
      if (is_last) {
        connection.prepare("UPDATE content SET complete = 1 WHERE number = ?1").bind(row).run();
      }
      // If the source outlasts the grace period, its chunks must not be left over.
      auto query = connection.prepare("SELECT 1 FROM content WHERE number = ?1");
      if (!query.bind(row).step()) {
        throw Error(ErrorCode::storage_failure,
                    "content " + content.to_string() + " was swept while being stored");
      }
      number = row;
    });
    done += part.size();
  } while (done < size);
}

std::size_t read_content(Connection& connection, const ContentId& content, std::uint64_t offset,
                         std::span<std::byte> into, Quarantine quarantine) {
  // Not stepped to its end before return: all chunks come from one snapshot.
  auto row = connection.prepare(
      "SELECT number, size, damaged FROM content WHERE id = ?1 AND complete = 1");
  if (!row.bind(content).step()) {
    throw Error(ErrorCode::not_found, "content " + content.to_string() + " does not exist");
  }
  const auto number = row.integer(0);
  const auto size = row.natural(1);
  if (row.integer(2) != 0 && quarantine == Quarantine::respect) {
    throw QuarantinedContent(ErrorCode::corrupt_data,
                             "content " + content.to_string() + " is quarantined");
  }
  if (offset >= size) return 0;
  into = into.first(static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size - offset)));

  auto query = connection.prepare("SELECT checksum, bytes FROM chunk WHERE id = ?1");
  std::size_t done = 0;
  while (done < into.size()) {
    const auto chunk = (offset + done) / chunk_bytes;
    const auto id = chunk_id(number, chunk);
    query.bind(id);
    if (!query.step()) fail_chunk(connection, content, chunk, "is missing");
    const auto bytes = query.blob(1);
    if (bytes.size() != std::min(chunk_bytes, size - chunk * chunk_bytes)) {
      fail_chunk(connection, content, chunk, "has a wrong size");
    }
    if (checksum(id, bytes) != query.integer(0)) {
      fail_chunk(connection, content, chunk, "has a wrong checksum");
    }
    const auto part = bytes.subspan(static_cast<std::size_t>(offset + done - chunk * chunk_bytes));
    const auto count = std::min(part.size(), into.size() - done);
    std::memcpy(into.data() + done, part.data(), count);
    done += count;
    query.reset();
  }
  return done;
}

}  // namespace imagegallery::sqlite
