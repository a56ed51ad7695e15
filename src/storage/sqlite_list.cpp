// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite_list.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "storage/sqlite_image_rows.hpp"

namespace imagegallery::sqlite {
namespace {

constexpr std::array sub_types{ImageSubType::image, ImageSubType::scada_symbol};

// The parameters of all queries here. Only those that a query names are bound.
constexpr std::string_view tenant_parameter = "?1";
constexpr std::string_view system_parameter = "?2";
constexpr std::string_view search_parameter = "?3";
constexpr int after_value = 4;
constexpr int after_id = 5;
constexpr int limit = 6;
constexpr int offset = 7;

std::string_view sort_column(const ListRequest& request) {
  if (request.every_tenant) return "id";
  switch (request.sort_by) {
    case SortBy::created_at:
      return "created_at";
    case SortBy::title:
      return "folded_title";
    case SortBy::size:
      return "size";
    case SortBy::id:
      break;
  }
  return "id";
}

// One index range: the images of one owner and one sub type.
std::string range_sql(const ListRequest& request, std::string_view owner, ImageSubType sub_type) {
  std::string sql = " FROM image WHERE tenant = ";
  sql += owner;
  sql += " AND sub_type = ";
  sql += std::to_string(static_cast<int>(sub_type));
  if (!request.folded_search.empty()) {
    sql += " AND instr(folded_title, ";
    sql += search_parameter;
    sql += ") > 0";
  }
  if (owner == system_parameter) {
    sql += " AND NOT EXISTS (SELECT 1 FROM image AS own WHERE own.tenant = ";
    sql += tenant_parameter;
    sql += " AND own.key = image.key)";
  }
  return sql;
}

// Calls `visit(owner, sub_type)` for each index range that a request needs. SQLite merges the
// ordered ranges of a UNION ALL without sorting them.
template <typename Visit>
void for_each_range(const ListRequest& request, bool with_system, Visit visit) {
  for (const auto sub_type : sub_types) {
    if (request.sub_type && *request.sub_type != sub_type) continue;
    visit(tenant_parameter, sub_type);
    if (with_system) visit(system_parameter, sub_type);
  }
}

std::string after_condition(const ListRequest& request, std::string_view column) {
  if (!request.after) return {};
  const auto* const operation = request.sort_order == SortOrder::descending ? " < " : " > ";
  if (column == "id") return std::string{" AND id"} + operation + "?5";
  return " AND (" + std::string{column} + ", id)" + operation + "(?4, ?5)";
}

std::string list_sql(const ListRequest& request, bool with_system) {
  const auto column = sort_column(request);
  const std::string direction = request.sort_order == SortOrder::descending ? " DESC" : " ASC";
  std::string page;
  if (request.every_tenant) {
    page = "SELECT number AS row, id AS sort, id AS tie FROM image WHERE TRUE";
    if (request.sub_type) {
      page += " AND sub_type = " + std::to_string(static_cast<int>(*request.sub_type));
    }
    if (!request.folded_search.empty()) page += " AND instr(folded_title, ?3) > 0";
    page += after_condition(request, column);
  } else {
    for_each_range(request, with_system, [&](std::string_view owner, ImageSubType sub_type) {
      if (!page.empty()) page += " UNION ALL ";
      page += "SELECT number AS row, " + std::string{column} + " AS sort, id AS tie";
      page += range_sql(request, owner, sub_type);
      page += after_condition(request, column);
    });
  }
  page += " ORDER BY sort" + direction + ", tie" + direction + " LIMIT ?6 OFFSET ?7";
  auto sql = std::string{select_image};
  sql += " JOIN (" + page + ") AS page ON page.row = image.number ORDER BY page.sort" + direction +
         ", page.tie" + direction;
  return sql;
}

// 0, which matches no image, if the tenant is unknown.
std::int64_t number_of(Connection& connection, std::string_view tenant) {
  return tenant_number(connection, tenant).value_or(0);
}

// While it is not stepped to its end, all queries of the connection read one snapshot.
Statement begin_snapshot(Connection& connection) {
  auto query = connection.prepare("SELECT 1 FROM sqlite_schema");
  (void)query.step();
  return query;
}

std::uint64_t count_usage(Connection& connection, std::int64_t tenant,
                          const std::optional<ImageSubType>& sub_type) {
  auto query = connection.prepare(
      "SELECT sum(images) FROM tally WHERE tenant = ?1 AND (?2 < 0 OR sub_type = ?2)");
  query.bind(tenant, sub_type ? static_cast<int>(*sub_type) : -1);
  return query.step() ? query.natural(0) : 0;
}

// Counts system images whose key the tenant also uses. Scans the smaller side.
std::uint64_t hidden_images(Connection& connection, const ListRequest& request, std::int64_t tenant,
                            std::int64_t system, std::uint64_t system_images) {
  const bool from_system = system_images <= count_usage(connection, tenant, std::nullopt);
  auto query = connection.prepare(
      from_system ? "SELECT count(*) FROM image AS theirs CROSS JOIN image AS own"
                    " ON own.tenant = ?1 AND own.key = theirs.key"
                    " WHERE theirs.tenant = ?2 AND (?3 < 0 OR theirs.sub_type = ?3)"
                  : "SELECT count(*) FROM image AS own CROSS JOIN image AS theirs"
                    " ON theirs.tenant = ?2 AND theirs.key = own.key"
                    " WHERE own.tenant = ?1 AND (?3 < 0 OR theirs.sub_type = ?3)");
  query.bind(tenant, system, request.sub_type ? static_cast<int>(*request.sub_type) : -1);
  return query.step() ? query.natural(0) : 0;
}

}  // namespace

std::vector<ImageRecord> list_images(Connection& connection, const ListRequest& request) {
  const bool with_system = request.include_system && !request.tenant.empty();
  const auto snapshot = begin_snapshot(connection);
  auto query = connection.prepare(list_sql(request, with_system));
  if (!request.every_tenant) {
    query.bind_at(1, number_of(connection, request.tenant));
    if (with_system) query.bind_at(2, number_of(connection, {}));
  }
  if (!request.folded_search.empty()) query.bind_at(3, std::string_view{request.folded_search});
  if (request.after) {
    const auto column = sort_column(request);
    if (column == "folded_title") {
      query.bind_at(after_value, std::string_view{request.after->title});
    } else if (column != "id") {
      query.bind_at(after_value, request.after->number);
    }
    query.bind_at(after_id, request.after->id);
  }
  query.bind_at(limit, request.count);
  query.bind_at(offset, request.after ? std::uint64_t{0} : request.offset);
  std::vector<ImageRecord> records;
  while (query.step()) records.push_back(read_image_row(connection, query).record);
  return records;
}

std::uint64_t count_images(Connection& connection, const ListRequest& request) {
  const bool with_system =
      request.include_system && !request.tenant.empty() && !request.every_tenant;
  const auto snapshot = begin_snapshot(connection);
  const auto tenant = number_of(connection, request.tenant);
  const auto system = with_system ? number_of(connection, {}) : 0;
  if (request.folded_search.empty() && !request.every_tenant) {
    auto count = count_usage(connection, tenant, request.sub_type);
    if (with_system) {
      const auto theirs = count_usage(connection, system, request.sub_type);
      count += theirs - hidden_images(connection, request, tenant, system, theirs);
    }
    return count;
  }
  std::string sql;
  if (request.every_tenant) {
    sql = request.folded_search.empty()
              ? "SELECT sum(images) FROM tally WHERE TRUE"
              : "SELECT count(*) FROM image WHERE instr(folded_title, ?3) > 0";
    if (request.sub_type) {
      sql += " AND sub_type = " + std::to_string(static_cast<int>(*request.sub_type));
    }
  } else {
    for_each_range(request, with_system, [&](std::string_view owner, ImageSubType sub_type) {
      sql += sql.empty() ? "SELECT " : " + ";
      sql += "(SELECT count(*)" + range_sql(request, owner, sub_type) + ")";
    });
  }
  auto query = connection.prepare(sql);
  if (!request.every_tenant) {
    query.bind_at(1, tenant);
    if (with_system) query.bind_at(2, system);
  }
  if (!request.folded_search.empty()) query.bind_at(3, std::string_view{request.folded_search});
  return query.step() ? query.natural(0) : 0;
}

}  // namespace imagegallery::sqlite
