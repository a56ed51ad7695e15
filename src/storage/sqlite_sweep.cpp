// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "storage/sqlite_content.hpp"

namespace imagegallery::sqlite {
namespace {

// How much one transaction does.
struct Slice {
  std::int64_t contents;
  std::int64_t chunks;
  std::int64_t vacuumed_pages;
  std::int64_t kept_free_pages;  // Reused by the next uploads.
};

// A chunk is 256 KiB, a page 16 KiB; with secure_delete, as Debian builds SQLite, each page of a
// deleted chunk is written to the log.
constexpr Slice plenty{1000, 32, 512, 1024};

// Fits into the allocated half of the log.
constexpr Slice scarce{50, 4, 64, 0};

constexpr std::int64_t dropped_chunks = 4;  // At a time: often because the disk is full.
constexpr std::int64_t max_changes = 10'000;

// Deletes the content row; its chunks are deleted later in steps. Previews that only it referenced
// inherit its released_at.
void discard_content(Connection& connection, std::int64_t number, Time released_at) {
  connection
      .prepare(
          "UPDATE content SET released_at = max(released_at, ?2), previews = previews -"
          " (SELECT count(*) FROM preview WHERE content = ?1 AND stored = content.number)"
          " WHERE number IN (SELECT stored FROM preview WHERE content = ?1 AND stored <> ?1)")
      .bind(number, released_at)
      .run();
  connection.prepare("DELETE FROM preview WHERE content = ?1").bind(number).run();
  connection.prepare("DELETE FROM content WHERE number = ?1").bind(number).run();
  connection.prepare("INSERT INTO garbage(content) VALUES (?1)").bind(number).run();
}

// Returns how many were discarded, at most `limit`.
std::int64_t discard_contents(Connection& connection, Time before, std::int64_t limit) {
  struct Due {
    std::int64_t number;
    Time released_at;
  };
  std::vector<Due> due;
  {
    auto query = connection.prepare(
        "SELECT number, released_at FROM content"
        " WHERE images = 0 AND previews = 0 AND released_at < ?1 ORDER BY released_at LIMIT ?2");
    query.bind(before, limit);
    while (query.step()) due.push_back({query.integer(0), query.time(1)});
  }
  for (const auto& content : due) {
    discard_content(connection, content.number, content.released_at);
  }
  return static_cast<std::int64_t>(due.size());
}

// Deletes at most `limit` chunks of discarded content and returns how many were deleted.
std::int64_t delete_chunks(Connection& connection, std::int64_t number, std::int64_t limit) {
  const auto chunks = static_cast<std::int64_t>(max_chunks);
  connection
      .prepare(
          "DELETE FROM chunk WHERE id IN"
          " (SELECT id FROM chunk WHERE id >= ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3)")
      .bind(number * chunks, (number + 1) * chunks, limit)
      .run();
  const auto deleted = connection.changed_rows();
  if (deleted < limit) {
    connection.prepare("DELETE FROM garbage WHERE content = ?1").bind(number).run();
  }
  return deleted;
}

bool delete_garbage(Connection& connection, const Slice& slice) {
  auto next = connection.prepare("SELECT content FROM garbage LIMIT 1");
  auto chunks_left = slice.chunks;
  auto contents_left = slice.contents;
  while (next.step()) {
    const auto number = next.integer(0);
    next.reset();
    if (chunks_left == 0 || contents_left-- == 0) return true;
    chunks_left -= delete_chunks(connection, number, chunks_left);
  }
  return false;
}

// Truncates the file a bit if more than a quarter of it is free, or anything if disk space is
// scarce. Returns whether more is left.
bool shrink_file(Connection& connection, const Slice& slice) {
  const auto has_excess_free_pages = [&] {
    const auto free = std::stoll(connection.query_value("PRAGMA freelist_count"));
    const auto all = std::stoll(connection.query_value("PRAGMA page_count"));
    return free > slice.kept_free_pages && (free > all / 4 || slice.kept_free_pages == 0);
  };
  if (!has_excess_free_pages()) return false;
  connection.execute(
      ("PRAGMA incremental_vacuum(" + std::to_string(slice.vacuumed_pages) + ")").c_str());
  return has_excess_free_pages();
}

}  // namespace

bool sweep_content(Connection& connection, Time content_before, bool space_is_scarce) {
  const auto& slice = space_is_scarce ? scarce : plenty;
  // Each round may release previews for the next one.
  auto left = slice.contents;
  while (left > 0) {
    const auto discarded = discard_contents(connection, content_before, left);
    if (discarded == 0) break;
    left -= discarded;
  }
  if (delete_garbage(connection, slice) || left == 0) return true;
  return shrink_file(connection, slice);
}

void drop_content(WriteQueue& queue, const ContentId& content) {
  std::int64_t number = 0;
  bool more = false;
  queue.run(Durability::later, [&](Connection& connection) {
    number = 0;
    {
      auto query = connection.prepare(
          "SELECT number, released_at FROM content"
          " WHERE id = ?1 AND images = 0 AND previews = 0");
      if (!query.bind(content).step()) return;
      number = query.integer(0);
      discard_content(connection, number, query.time(1));
    }
    more = delete_chunks(connection, number, dropped_chunks) == dropped_chunks;
  });
  while (number != 0 && more) {
    queue.run(Durability::later, [&](Connection& connection) {
      more = delete_chunks(connection, number, dropped_chunks) == dropped_chunks;
    });
  }
}

bool forget_changes(Connection& connection, Time changes_before) {
  std::int64_t first_kept = 0;
  std::int64_t count = 0;
  {
    auto query = connection.prepare("SELECT sequence, at FROM change ORDER BY sequence LIMIT ?1");
    query.bind(max_changes + 1);
    while (query.step() && query.time(1) < changes_before) {
      first_kept = query.integer(0) + (count < max_changes ? 1 : 0);
      ++count;
    }
  }
  if (count == 0) return false;
  connection.prepare("DELETE FROM change WHERE sequence < ?1").bind(first_kept).run();
  return count > max_changes;
}

}  // namespace imagegallery::sqlite
