// SPDX-License-Identifier: Apache-2.0
#include "stored_state.hpp"

#include <sqlite3.h>

#include <array>
#include <memory>
#include <span>

namespace imagegallery::faults {
namespace {

struct Check {
  const char* name;
  const char* sql;  // Each row is a problem.
};

constexpr std::array checks{
    Check{"integrity", "SELECT * FROM pragma_integrity_check WHERE integrity_check <> 'ok'"},
    Check{"foreign keys", "SELECT * FROM pragma_foreign_key_check"},
    Check{"tally differs from images",
          "SELECT tally.tenant FROM tally LEFT JOIN"
          " (SELECT tenant, sub_type, count(*) AS images, sum(size) AS bytes FROM image"
          "  GROUP BY tenant, sub_type) AS real"
          " ON real.tenant = tally.tenant AND real.sub_type = tally.sub_type"
          " WHERE tally.images <> ifnull(real.images, 0)"
          " OR tally.bytes <> ifnull(real.bytes, 0)"},
    Check{"images without tally",
          "SELECT id FROM image WHERE NOT EXISTS (SELECT 1 FROM tally"
          " WHERE tally.tenant = image.tenant AND tally.sub_type = image.sub_type)"},
    Check{"content.images",
          "SELECT number FROM content WHERE images <>"
          " (SELECT count(*) FROM image WHERE image.content = content.number)"},
    Check{"content.previews",
          "SELECT number FROM content WHERE previews <> (SELECT count(*) FROM preview"
          " WHERE preview.stored = content.number AND preview.content <> content.number)"},
    Check{"incomplete content in use",
          "SELECT number FROM content WHERE complete = 0 AND (images > 0 OR previews > 0)"},
    Check{"another tenant's content",
          "SELECT image.id FROM image JOIN content ON content.number = image.content"
          " WHERE content.tenant <> image.tenant"},
    Check{"bytes of complete content",
          "SELECT number FROM content WHERE complete = 1 AND size <>"
          " (SELECT ifnull(sum(length(bytes)), 0) FROM chunk"
          "  WHERE chunk.id >= number << 20 AND chunk.id < (number + 1) << 20)"},
    Check{"orphaned chunks",
          "SELECT id FROM chunk WHERE NOT EXISTS (SELECT 1 FROM content WHERE number = chunk.id "
          ">> 20)"
          " AND NOT EXISTS (SELECT 1 FROM garbage WHERE content = chunk.id >> 20)"},
    Check{"revisions ahead of the changes",
          "SELECT id FROM image WHERE revision >"
          " ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'change'), 0)"},
    Check{"changes with gaps",
          "SELECT max(sequence) FROM change"
          " HAVING count(*) > 0 AND max(sequence) - min(sequence) + 1 <> count(*)"}};

constexpr std::array leftovers{Check{"unused content",
                                     "SELECT number FROM content WHERE images = 0 AND previews "
                                     "= 0 UNION SELECT content FROM garbage"}};

std::vector<std::string> run_checks(const std::filesystem::path& database,
                                    std::span<const Check> checks_to_run) {
  sqlite3* opened = nullptr;
  const int opening = sqlite3_open_v2(database.c_str(), &opened, SQLITE_OPEN_READWRITE, nullptr);
  const std::unique_ptr<sqlite3, int (*)(sqlite3*)> handle(opened, &sqlite3_close);
  if (opening != SQLITE_OK) return {std::string{"cannot open: "} + sqlite3_errmsg(opened)};
  // A test that opens thousands of copies has nothing to sync.
  sqlite3_exec(opened, "PRAGMA synchronous=OFF", nullptr, nullptr, nullptr);
  std::vector<std::string> problems;
  for (const auto& check : checks_to_run) {
    const auto add_row = [](void* list, int columns, char** values, char**) {
      auto& found = *static_cast<std::vector<std::string>*>(list);
      found.emplace_back(columns > 0 && values[0] != nullptr ? values[0] : "NULL");
      return 0;
    };
    std::vector<std::string> found;
    if (sqlite3_exec(opened, check.sql, add_row, &found, nullptr) != SQLITE_OK) {
      found.emplace_back(sqlite3_errmsg(opened));
    }
    for (const auto& row : found) problems.push_back(std::string{check.name} + ": " + row);
  }
  return problems;
}

}  // namespace

std::vector<std::string> find_inconsistencies(const std::filesystem::path& database) {
  return run_checks(database, checks);
}

std::vector<std::string> find_leftovers(const std::filesystem::path& database) {
  return run_checks(database, leftovers);
}

}  // namespace imagegallery::faults
