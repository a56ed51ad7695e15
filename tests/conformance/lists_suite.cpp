// SPDX-License-Identifier: Apache-2.0
#include "storage_backend_suite.hpp"

#include <string>
#include <vector>

#include "catch.hpp"
#include "sample_images.hpp"

namespace imagegallery::conformance {
namespace {

using Keys = std::vector<std::string>;

struct Sample {
  std::string tenant;
  std::string key;
  std::string folded_title;
  std::int64_t created_at;
  std::uint64_t size;
  ImageSubType sub_type = ImageSubType::image;
};

void fill(StorageBackend& backend, const std::vector<Sample>& samples) {
  for (const auto& sample : samples) {
    auto record =
        sample_record(sample.tenant, sample.key, put(backend, sample.tenant, "bytes"), sample.size);
    record.folded_title = sample.folded_title;
    record.created_at = at(sample.created_at);
    record.sub_type = sample.sub_type;
    create(backend, record);
  }
}

// The list position of `record` in that sort order.
ListPosition position_of(const ImageRecord& record, SortBy sort_by) {
  ListPosition position;
  position.id = record.id;
  position.title = record.folded_title;
  position.number = sort_by == SortBy::size ? static_cast<std::int64_t>(record.descriptor.size)
                                            : record.created_at.time_since_epoch().count();
  return position;
}

ListRequest all_of(const std::string& tenant) {
  ListRequest request;
  request.tenant = tenant;
  request.count = 1000;
  return request;
}

TEST_CASE("A list is sorted as requested, with ties by id in the same direction", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  const auto sort_by = GENERATE(SortBy::created_at, SortBy::title, SortBy::size, SortBy::id);
  const auto sort_order = GENERATE(SortOrder::ascending, SortOrder::descending);
  CAPTURE(kind.name, sort_by, sort_order);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  fill(backend, {{"acme", "1", "b", 5, 30},
                 {"acme", "2", "a", 5, 10},
                 {"acme", "3", "B", 7, 10},
                 {"acme", "4", "", 5, 20},
                 {"acme", "5", "b", -4, 20},
                 {"acme", "6", "\u00e4", 7, 10}});
  auto request = all_of("acme");
  request.sort_by = sort_by;
  request.sort_order = sort_order;

  const auto records = backend.list(request);

  REQUIRE(records.size() == 6);
  for (std::size_t i = 1; i < records.size(); ++i) {
    const auto value = [&](const ImageRecord& record) {
      const auto position = position_of(record, sort_by);
      return std::tuple{
          sort_by == SortBy::created_at || sort_by == SortBy::size ? position.number : 0,
          sort_by == SortBy::title ? position.title : "", record.id};
    };
    CHECK((sort_order == SortOrder::ascending ? value(records[i - 1]) < value(records[i])
                                              : value(records[i - 1]) > value(records[i])));
  }
}

TEST_CASE("A list returns complete records", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  auto record = sample_record("acme", "a.jpg", put(backend, "acme", "bytes"));
  record.previews = {sample_preview("preview", put(backend, "acme", "preview")),
                     sample_preview("card", put(backend, "acme", "card"))};
  record = create(backend, record);

  CHECK(backend.list(all_of("acme")) == std::vector{record});
}

TEST_CASE("A list contains only the tenant's images", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  fill(backend, {{"acme", "a", "a", 1, 1}, {"other", "b", "b", 2, 1}, {"", "c", "c", 3, 1}});

  CHECK(keys(backend.list(all_of("acme"))) == Keys{"a"});
  CHECK(keys(backend.list(all_of("other"))) == Keys{"b"});
  CHECK(keys(backend.list(all_of(""))) == Keys{"c"});
  CHECK(backend.list(all_of("nobody")).empty());
  CHECK(backend.count(all_of("nobody")) == 0);
}

TEST_CASE("A list includes system images except those whose key the tenant also uses",
          "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  fill(backend, {{"", "both", "x", 1, 1},
                 {"acme", "own", "x", 2, 1},
                 {"", "theirs", "x", 3, 1},
                 {"acme", "both", "hidden by key", 4, 1, ImageSubType::scada_symbol},
                 {"", "symbol", "x", 5, 1, ImageSubType::scada_symbol}});
  auto request = all_of("acme");
  request.include_system = true;

  CHECK(keys(backend.list(request)) == Keys{"symbol", "both", "theirs", "own"});
  CHECK(backend.count(request) == 4);
  request.sub_type = ImageSubType::image;
  CHECK(keys(backend.list(request)) == Keys{"theirs", "own"});
  CHECK(backend.count(request) == 2);
  request.folded_search = "x";
  CHECK(keys(backend.list(request)) == Keys{"theirs", "own"});
  CHECK(backend.count(request) == 2);
  request.tenant = "nobody";
  CHECK(keys(backend.list(request)) == Keys{"theirs", "both"});
  CHECK(backend.count(request) == 2);
  request.tenant = "";
  CHECK(keys(backend.list(request)) == Keys{"theirs", "both"});
  CHECK(backend.count(request) == 2);
}

TEST_CASE("Hidden system images are counted whichever side is smaller", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  const int own = GENERATE(1, 9);
  const int theirs = GENERATE(1, 9);
  CAPTURE(kind.name, own, theirs);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  for (int i = 0; i < own; ++i) fill(backend, {{"acme", std::to_string(i), "x", 1, 1}});
  for (int i = 0; i < theirs; ++i) fill(backend, {{"", std::to_string(i), "x", 1, 1}});
  auto request = all_of("acme");
  request.include_system = true;

  CHECK(backend.count(request) == static_cast<std::uint64_t>(std::max(own, theirs)));
  CHECK(backend.list(request).size() == static_cast<std::size_t>(std::max(own, theirs)));
}

TEST_CASE("A list can be restricted to a sub type", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  fill(backend, {{"acme", "a", "a", 1, 1}, {"acme", "b", "b", 2, 1, ImageSubType::scada_symbol}});
  auto request = all_of("acme");

  CHECK(keys(backend.list(request)) == Keys{"b", "a"});
  request.sub_type = ImageSubType::scada_symbol;
  CHECK(keys(backend.list(request)) == Keys{"b"});
  CHECK(backend.count(request) == 1);
  request.sub_type = ImageSubType::image;
  CHECK(keys(backend.list(request)) == Keys{"a"});
  CHECK(backend.count(request) == 1);
}

TEST_CASE("A search matches a literal substring of the folded title", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  fill(backend, {{"acme", "1", "pump north", 1, 1},
                 {"acme", "2", "100% water_level", 2, 1},
                 {"acme", "3", "gr\u00fcn", 3, 1},
                 {"acme", "4", "a'b\"c*d?e[f]", 4, 1}});
  const auto found = [&](const std::string& search) {
    auto request = all_of("acme");
    request.folded_search = search;
    CHECK(backend.count(request) == backend.list(request).size());
    return keys(backend.list(request));
  };

  CHECK(found("pump") == Keys{"1"});
  CHECK(found("p n") == Keys{"1"});
  CHECK(found("Pump").empty());
  CHECK(found("%") == Keys{"2"});
  CHECK(found("_") == Keys{"2"});
  CHECK(found("\u00fc") == Keys{"3"});
  CHECK(found("'b\"") == Keys{"4"});
  CHECK(found("*") == Keys{"4"});
  CHECK(found("[f]") == Keys{"4"});
  CHECK(found("r") == Keys{"3", "2", "1"});
  CHECK(found("") == Keys{"4", "3", "2", "1"});
}

TEST_CASE("Pages by offset and by position cover the list exactly once", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  const auto sort_by = GENERATE(SortBy::created_at, SortBy::title, SortBy::size, SortBy::id);
  const auto sort_order = GENERATE(SortOrder::ascending, SortOrder::descending);
  const bool include_system = GENERATE(false, true);
  CAPTURE(kind.name, sort_by, sort_order, include_system);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  for (int i = 0; i < 23; ++i) {
    const auto sub_type = i % 5 == 0 ? ImageSubType::scada_symbol : ImageSubType::image;
    fill(backend, {{i % 3 == 0 ? "" : "acme", std::to_string(i), std::string(1, char('a' + i % 4)),
                    i % 4, static_cast<std::uint64_t>(i % 3), sub_type}});
  }
  auto request = all_of("acme");
  request.sort_by = sort_by;
  request.sort_order = sort_order;
  request.include_system = include_system;
  const auto whole = backend.list(request);
  REQUIRE(whole.size() == (include_system ? 23 : 15));

  std::vector<ImageRecord> by_offset;
  request.count = 4;
  for (std::uint64_t offset = 0; offset < 24; offset += 4) {
    request.offset = offset;
    const auto page = backend.list(request);
    by_offset.insert(by_offset.end(), page.begin(), page.end());
  }
  std::vector<ImageRecord> by_position;
  request.offset = 0;
  for (auto page = backend.list(request); !page.empty(); page = backend.list(request)) {
    by_position.insert(by_position.end(), page.begin(), page.end());
    request.after = position_of(page.back(), sort_by);
    request.offset = 3;  // Ignored with a position.
  }

  CHECK(by_offset == whole);
  CHECK(by_position == whole);
}

TEST_CASE("A position may refer to a removed image", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  fill(backend, {{"acme", "1", "a", 1, 1}, {"acme", "2", "b", 2, 1}, {"acme", "3", "c", 3, 1}});
  const auto second = *backend.find("acme", "2");
  commit(backend, RemoveImage{"acme", second.id, {}, false});
  auto request = all_of("acme");
  request.after = position_of(second, SortBy::created_at);

  CHECK(keys(backend.list(request)) == Keys{"1"});
}

TEST_CASE("A page past the end or of length 0 is empty", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  fill(backend, {{"acme", "1", "a", 1, 1}});
  auto request = all_of("acme");

  request.offset = 1;
  CHECK(backend.list(request).empty());
  request.offset = 0;
  request.count = 0;
  CHECK(backend.list(request).empty());
  CHECK(backend.count(request) == 1);
}

TEST_CASE("A list of all tenants is always sorted by id", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  fill(backend, {{"acme", "1", "a", 1, 1},
                 {"other", "2", "ab", 2, 1, ImageSubType::scada_symbol},
                 {"", "3", "b", 3, 1}});
  ListRequest request;
  request.every_tenant = true;
  request.sort_by = SortBy::title;
  request.sort_order = SortOrder::ascending;
  request.count = 2;

  std::vector<ImageId> ids;
  for (;;) {
    const auto page = backend.list(request);
    if (page.empty()) break;
    for (const auto& record : page) ids.push_back(record.id);
    request.after = ListPosition{0, {}, ids.back()};
  }
  CHECK(ids.size() == 3);
  CHECK(std::is_sorted(ids.begin(), ids.end()));
  CHECK(backend.count(request) == 3);

  request.after.reset();
  request.folded_search = "a";
  CHECK(backend.count(request) == 2);
  CHECK(backend.list(request).size() == 2);
  request.sub_type = ImageSubType::scada_symbol;
  CHECK(keys(backend.list(request)) == Keys{"2"});
  CHECK(backend.count(request) == 1);
}

}  // namespace
}  // namespace imagegallery::conformance
