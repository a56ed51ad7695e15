// SPDX-License-Identifier: Apache-2.0
#include "gallery/list_totals.hpp"

#include <imagegallery/imagegallery.hpp>

#include "catch.hpp"
#include "gallery/observed_storage.hpp"

using namespace imagegallery;

namespace {

void change_something(StorageBackend& storage) {
  std::vector<Change> changes(1);
  changes.front().action = SetTenantLimits{.tenant = "acme", .limits = {}};
  storage.commit(changes);
}

void create_image(StorageBackend& storage, const std::string& title) {
  CreateImage create;
  auto& record = create.record;
  record.id = ImageId::make();
  record.tenant = "acme";
  record.key = record.title = record.folded_title = title;
  record.content = ContentId::make();
  storage.put_content("acme", record.content, *make_source(std::string{"bytes"}), {});
  std::vector<Change> changes(1);
  changes.front().action = std::move(create);
  storage.commit(changes);
}

ListRequest search(const std::string& text) {
  ListRequest request;
  request.tenant = "acme";
  request.folded_search = text;
  return request;
}

}  // namespace

TEST_CASE("A total is counted once until something changes", "[totals]") {
  ObservedStorage storage{open_memory()};
  ListTotals totals(storage);
  for (int i = 0; i < 3; ++i) CHECK(totals.count(search("a")) == 0);
  CHECK(storage.counts == 1);
  change_something(storage);
  (void)totals.count(search("a"));
  CHECK(storage.counts == 2);
}

TEST_CASE("Each list has a total of its own", "[totals]") {
  ObservedStorage storage{open_memory()};
  ListTotals totals(storage);
  std::vector<ListRequest> requests(5, search("a"));
  requests[1].folded_search = "b";
  requests[2].tenant = "globex";
  requests[3].include_system = true;
  requests[4].sub_type = ImageSubType::scada_symbol;
  for (const auto& request : requests) (void)totals.count(request);
  CHECK(storage.counts == 5);
  for (const auto& request : requests) (void)totals.count(request);
  CHECK(storage.counts == 5);
}

TEST_CASE("At most 256 totals are remembered", "[totals]") {
  ObservedStorage storage{open_memory()};
  change_something(storage);
  ListTotals totals(storage);
  for (int i = 0; i < 256; ++i) (void)totals.count(search(std::to_string(i)));
  for (int i = 0; i < 256; ++i) (void)totals.count(search(std::to_string(i)));
  CHECK(storage.counts == 256);
  (void)totals.count(search("one more"));
  CHECK(storage.counts == 257);
  (void)totals.count(search("0"));
  CHECK(storage.counts == 258);
}

TEST_CASE("A total that was counted while something changed is counted again", "[totals]") {
  ObservedStorage storage{open_memory()};
  ListTotals totals(storage);
  storage.after_count = [&] { change_something(storage); };
  (void)totals.count(search("a"));
  (void)totals.count(search("a"));
  CHECK(storage.counts == 2);
}

TEST_CASE("A total from before a change does not replace a newer one", "[totals]") {
  ObservedStorage storage{open_memory()};
  ListTotals totals(storage);
  std::uint64_t newer = 0;
  storage.after_count = [&] {
    create_image(storage, "a");
    newer = totals.count(search("a"));
  };
  CHECK(totals.count(search("a")) == 0);
  CHECK(newer == 1);
  CHECK(totals.count(search("a")) == 1);
  CHECK(storage.counts == 2);
}
