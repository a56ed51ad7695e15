// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite_list.hpp"

#include <imagegallery/storage/sqlite.hpp>

#include <sqlite3.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "catch.hpp"
#include "sample_images.hpp"
#include "storage/scratch_directory.hpp"

namespace imagegallery::sqlite {
namespace {

// Collects the query plans of all statements that a connection runs.
class Plans {
 public:
  explicit Plans(Connection& connection) : connection_(connection) {
    sqlite3_trace_v2(connection.handle(), SQLITE_TRACE_STMT, &Plans::record, this);
  }
  ~Plans() { sqlite3_trace_v2(connection_.handle(), 0, nullptr, nullptr); }

  [[nodiscard]] std::string text() const {
    sqlite3_trace_v2(connection_.handle(), 0, nullptr, nullptr);
    std::string text;
    for (const auto& sql : statements_) {
      sqlite3_stmt* query = nullptr;
      sqlite3_prepare_v2(connection_.handle(), ("EXPLAIN QUERY PLAN " + sql).c_str(), -1, &query,
                         nullptr);
      const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> owned(query, &sqlite3_finalize);
      while (sqlite3_step(query) == SQLITE_ROW) {
        text += reinterpret_cast<const char*>(sqlite3_column_text(query, 3));
        text += '\n';
      }
    }
    return text;
  }

 private:
  static int record(unsigned, void* self, void* statement, void*) {
    const auto* const sql = sqlite3_sql(static_cast<sqlite3_stmt*>(statement));
    static_cast<Plans*>(self)->statements_.emplace_back(sql);
    return 0;
  }

  Connection& connection_;
  std::vector<std::string> statements_;
};

// Calls `action` at the start of the `nth` statement of a connection from now on.
class AtStatement {
 public:
  AtStatement(Connection& connection, int nth, std::function<void()> action)
      : connection_(connection), left_(nth), action_(std::move(action)) {
    sqlite3_trace_v2(connection.handle(), SQLITE_TRACE_STMT, &AtStatement::count, this);
  }
  AtStatement(const AtStatement&) = delete;
  AtStatement& operator=(const AtStatement&) = delete;
  ~AtStatement() { sqlite3_trace_v2(connection_.handle(), 0, nullptr, nullptr); }

  [[nodiscard]] bool called() const noexcept { return left_ <= 0; }

 private:
  static int count(unsigned, void* self, void* /*statement*/, void*) {
    auto& at = *static_cast<AtStatement*>(self);
    if (--at.left_ == 0) at.action_();
    return 0;
  }

  Connection& connection_;
  int left_;
  std::function<void()> action_;
};

struct Fixture {
  ScratchDirectory directory;
  std::filesystem::path path = directory.path() / "gallery.db";
  std::unique_ptr<StorageBackend> storage = open_sqlite(path);
  Connection connection{path, {}};
};

ListRequest request_for(SortBy sort_by) {
  ListRequest request;
  request.tenant = "acme";
  request.sort_by = sort_by;
  request.count = 20;
  return request;
}

TEST_CASE("Lists use an index and sort at most one page", "[storage]") {
  Fixture fixture;
  conformance::create(*fixture.storage, "acme", "pump.jpg");
  conformance::create(*fixture.storage, "", "valve.jpg");
  const auto sort_by = GENERATE(SortBy::created_at, SortBy::title, SortBy::size);
  const auto sort_order = GENERATE(SortOrder::ascending, SortOrder::descending);
  const bool include_system = GENERATE(false, true);
  const bool is_restricted = GENERATE(false, true);
  const bool is_search = GENERATE(false, true);
  const bool continues = GENERATE(false, true);
  auto request = request_for(sort_by);
  request.sort_order = sort_order;
  request.include_system = include_system;
  if (is_restricted) request.sub_type = ImageSubType::image;
  if (is_search) request.folded_search = "x";
  if (continues) request.after = ListPosition{5, "t", ImageId::make()};

  const Plans plans(fixture.connection);
  (void)list_images(fixture.connection, request);

  const auto text = plans.text();
  CAPTURE(text);
  CHECK_THAT(text, ContainsSubstring("COVERING INDEX image_"));
  // Only the returned page may be sorted.
  const auto sorts = text.find("USE TEMP B-TREE");
  CHECK(
      (sorts == std::string::npos || text.find("USE TEMP B-TREE", sorts + 1) == std::string::npos));
  CHECK_THAT(text, !ContainsSubstring("SCAN image"));
}

TEST_CASE("A list of all tenants uses the index of ids", "[storage]") {
  Fixture fixture;
  conformance::create(*fixture.storage, "acme", "pump.jpg");
  ListRequest request;
  request.every_tenant = true;
  request.count = 100;
  request.after = ListPosition{0, {}, ImageId::make()};

  const Plans plans(fixture.connection);
  (void)list_images(fixture.connection, request);

  CHECK_THAT(plans.text(), ContainsSubstring("sqlite_autoindex_image_1 (id<?)"));
}

TEST_CASE("Counting without a search uses the stored counters", "[storage]") {
  Fixture fixture;
  for (int i = 0; i < 3; ++i) conformance::create(*fixture.storage, "", "valve.jpg");
  auto request = request_for(SortBy::created_at);
  request.include_system = GENERATE(false, true);

  const Plans plans(fixture.connection);
  (void)count_images(fixture.connection, request);

  const auto text = plans.text();
  CAPTURE(text);
  CHECK_THAT(text, ContainsSubstring("tally"));
  CHECK_THAT(text, !ContainsSubstring("SCAN image"));
  // Hidden system images are looked up from the smaller side: the tenant has no images.
  if (request.include_system) CHECK_THAT(text, ContainsSubstring("SEARCH own"));
}

TEST_CASE("Counting with a search uses an index with the titles", "[storage]") {
  Fixture fixture;
  auto request = request_for(SortBy::created_at);
  request.folded_search = "x";

  const Plans plans(fixture.connection);
  (void)count_images(fixture.connection, request);

  CHECK_THAT(plans.text(), ContainsSubstring("COVERING INDEX image_"));
}

TEST_CASE("A list and its count are of one state, whatever is committed meanwhile", "[storage]") {
  const bool lists = GENERATE(true, false);
  const bool is_known = GENERATE(true, false);
  const std::string search = GENERATE("", "logo");
  bool called = true;
  for (int nth = 1; called; ++nth) {
    CAPTURE(lists, is_known, search, nth);
    Fixture f;
    const auto create_and_remove = [&](const std::string& tenant) {
      const auto record = conformance::create(*f.storage, tenant, "old.png");
      conformance::commit(*f.storage, RemoveImage{tenant, record.id, {}, false});
    };
    create_and_remove("");
    if (is_known) create_and_remove("acme");
    auto request = request_for(SortBy::created_at);
    request.include_system = true;
    request.folded_search = search;
    const AtStatement changes(f.connection, nth, [&] {
      conformance::create(*f.storage, "acme", "logo.png");
      conformance::create(*f.storage, "", "logo.png");  // The tenant's own hides it.
    });
    const auto images =
        lists ? list_images(f.connection, request).size() : count_images(f.connection, request);
    called = changes.called();
    // The first statement determines the state.
    CHECK(images == (nth == 1 ? 1 : 0));
    REQUIRE(nth < 20);
  }
}

}  // namespace
}  // namespace imagegallery::sqlite
