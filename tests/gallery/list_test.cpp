// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "gallery/gallery_fixture.hpp"

using namespace imagegallery;

namespace {

std::vector<std::string> keys(const Page& page) {
  std::vector<std::string> result;
  for (const auto& item : page.items) result.push_back(item.ref.key);
  return result;
}

using Keys = std::vector<std::string>;

// Uploads a.png to e.png, one second apart.
void upload_five(GalleryFixture& f) {
  std::uint32_t seed = 0;
  for (const char* name : {"a.png", "b.png", "c.png", "d.png", "e.png"}) {
    f.upload(f.acme, name, ++seed);
    f.time += std::chrono::seconds{1};
  }
}

ImageInfo upload_titled(GalleryFixture& f, const std::string& title) {
  const auto bytes = make_test_png(8, 8);
  return f.gallery.upload(f.acme,
                          Upload::from_bytes(bytes, {.title = title, .file_name = title + ".png"}));
}

}  // namespace

TEST_CASE("A list is ordered newest first", "[list]") {
  GalleryFixture f;
  upload_five(f);
  CHECK(keys(f.gallery.list(f.acme)) == Keys{"e.png", "d.png", "c.png", "b.png", "a.png"});
}

TEST_CASE("Numbered pages contain each image once and the total", "[list]") {
  GalleryFixture f;
  upload_five(f);
  ListQuery query{.page_size = 2};
  const auto first = f.gallery.list(f.acme, query);
  CHECK(keys(first) == Keys{"e.png", "d.png"});
  CHECK(first.total == 5u);
  CHECK_FALSE(first.next.empty());
  query.page = 2;
  const auto last = f.gallery.list(f.acme, query);
  CHECK(keys(last) == Keys{"a.png"});
  CHECK(last.next.empty());
  query.page = 3;
  CHECK(f.gallery.list(f.acme, query).items.empty());
}

TEST_CASE("A full last page has no next page", "[list]") {
  GalleryFixture f;
  upload_five(f);
  CHECK(f.gallery.list(f.acme, {.page_size = 5}).next.empty());
}

TEST_CASE("A scroll by cursor neither skips nor repeats images while others are added", "[list]") {
  GalleryFixture f;
  upload_five(f);
  const auto sort_by = GENERATE(SortBy::created_at, SortBy::title, SortBy::size, SortBy::id);
  const auto sort_order = GENERATE(SortOrder::ascending, SortOrder::descending);
  ListQuery query{.sort_by = sort_by, .sort_order = sort_order, .page_size = 2};
  Keys seen;
  bool added = false;
  for (;;) {
    const auto page = f.gallery.list(f.acme, query);
    for (const auto& key : keys(page)) {
      if (key != "0.png" && key != "z.png") seen.push_back(key);
    }
    if (page.next.empty()) break;
    query.cursor = page.next;
    if (!std::exchange(added, true)) {
      f.upload(f.acme, "0.png", 90);
      f.upload(f.acme, "z.png", 91);
    }
  }
  std::sort(seen.begin(), seen.end());
  CHECK(seen == Keys{"a.png", "b.png", "c.png", "d.png", "e.png"});
}

TEST_CASE("A malformed cursor or one of another list is rejected", "[list]") {
  GalleryFixture f;
  upload_five(f);
  const auto page = f.gallery.list(f.acme, {.page_size = 2});
  const auto rejected = [&](ListQuery query) {
    return code_of([&] { (void)f.gallery.list(f.acme, query); }) == ErrorCode::invalid_argument;
  };
  CHECK(rejected({.sort_by = SortBy::title, .cursor = page.next}));
  CHECK(rejected({.sort_order = SortOrder::ascending, .cursor = page.next}));
  CHECK(rejected({.page = 1, .cursor = page.next}));
  for (std::size_t length = 1; length < 39; ++length) {
    CHECK(rejected({.cursor = page.next.substr(0, length)}));
  }
  CHECK(rejected({.cursor = page.next + "x"}));
  CHECK(rejected({.sort_by = SortBy::title, .cursor = "td_" + page.next.substr(3, 36) + "_zz"}));
  CHECK(rejected({.sort_by = SortBy::title, .cursor = "td_" + page.next.substr(3, 36) + "_abc"}));
}

TEST_CASE("A cursor of any list is rejected if anything follows it", "[list]") {
  GalleryFixture f;
  upload_five(f);
  const auto sort_by = GENERATE(SortBy::created_at, SortBy::title, SortBy::size, SortBy::id);
  ListQuery query{.sort_by = sort_by, .page_size = 2};
  const auto next = f.gallery.list(f.acme, query).next;
  for (const char* rest : {"x", "_", "_0", "0_"}) {
    query.cursor = next + rest;
    CAPTURE(query.cursor);
    CHECK(code_of([&] { (void)f.gallery.list(f.acme, query); }) == ErrorCode::invalid_argument);
  }
  query.cursor = next;
  CHECK(f.gallery.list(f.acme, query).items.size() == 2);
}

TEST_CASE("A cursor is rejected unless its number is a whole one of 64 bits", "[list]") {
  GalleryFixture f;
  upload_five(f);
  const auto id = f.gallery.list(f.acme, {.page_size = 2}).next.substr(3, 36);
  const auto list = [&](const std::string& rest) {
    (void)f.gallery.list(f.acme, {.cursor = "cd_" + id + rest});
  };
  for (const char* rest : {"", "_", "1", "x1", "_-", "_ 1", "_1.0", "_9223372036854775808"}) {
    CAPTURE(rest);
    CHECK(code_of([&] { list(rest); }) == ErrorCode::invalid_argument);
  }
  CHECK_NOTHROW(list("_9223372036854775807"));
  CHECK_NOTHROW(list("_-1"));
}

TEST_CASE("Page sizes from 1 to 1000 are accepted", "[list]") {
  GalleryFixture f;
  CHECK_NOTHROW(f.gallery.list(f.acme, {.page_size = 1}));
  CHECK_NOTHROW(f.gallery.list(f.acme, {.page_size = 1000}));
  CHECK(code_of([&] { (void)f.gallery.list(f.acme, {.page_size = 0}); }) ==
        ErrorCode::invalid_argument);
  CHECK(code_of([&] { (void)f.gallery.list(f.acme, {.page_size = 1001}); }) ==
        ErrorCode::invalid_argument);
}

TEST_CASE("A search matches any substring of a title, ignoring case and without wildcards",
          "[list]") {
  GalleryFixture f;
  for (const char* title :
       {"Pump 7", "PUMPE", "100% valve", "a_b", "\xc3\x84rger", "\xce\xa3igma"}) {
    upload_titled(f, title);
  }
  const auto hits = [&](const std::string& text) {
    return f.gallery.list(f.acme, {.search = text}).total.value();
  };
  CHECK(hits("pump") == 2);
  CHECK(hits("  pump ") == 2);
  CHECK(hits("UMP 7") == 1);
  CHECK(hits("%") == 1);
  CHECK(hits("_") == 1);
  CHECK(hits("p") == 2);
  CHECK(hits("\xc3\xa4RG") == 1);
  CHECK(hits("\xcf\x83") == 1);
  CHECK(hits("\xcf\x82") == 1);  // final sigma folds to sigma
  CHECK(hits("nothing") == 0);
  CHECK(hits("") == 6);
}

TEST_CASE("Sorting by title ignores case", "[list]") {
  GalleryFixture f;
  for (const char* title : {"b", "A", "C", "a"}) upload_titled(f, title);
  const auto page =
      f.gallery.list(f.acme, {.sort_by = SortBy::title, .sort_order = SortOrder::ascending});
  REQUIRE(page.items.size() == 4);
  CHECK(page.items[2].title == "b");
  CHECK(page.items[3].title == "C");
}

TEST_CASE("System images are listed on request, except those whose key the tenant uses", "[list]") {
  GalleryFixture f;
  f.upload(f.admin, "logo.png", 1);
  f.upload(f.admin, "shared.png", 2);
  f.upload(f.acme, "shared.png", 3);
  CHECK(keys(f.gallery.list(f.acme)) == Keys{"shared.png"});
  const auto both = f.gallery.list(f.acme, {.include_system = true, .sort_by = SortBy::title});
  CHECK(keys(both) == Keys{"shared.png", "logo.png"});
  CHECK(both.items[0].ref.scope == Scope::tenant);
  CHECK(both.items[1].ref.scope == Scope::system);
  CHECK(both.total == 2u);
  CHECK(f.gallery.list(f.globex, {.include_system = true}).total == 2u);
  CHECK(f.gallery.list(f.admin, {.include_system = true}).total == 2u);
}

TEST_CASE("A list contains one sub type", "[list]") {
  GalleryFixture f;
  const auto bytes = make_test_png(8, 8);
  f.gallery.upload(f.acme, Upload::from_bytes(bytes, {.file_name = "i.png"}));
  f.gallery.upload(f.acme, Upload::from_bytes(bytes, {.file_name = "s.png",
                                                      .sub_type = ImageSubType::scada_symbol}));
  CHECK(keys(f.gallery.list(f.acme)) == Keys{"i.png"});
  CHECK(keys(f.gallery.list(f.acme, {.sub_type = ImageSubType::scada_symbol})) == Keys{"s.png"});
}

TEST_CASE("Totals are up to date after every change", "[list]") {
  GalleryFixture f;
  const auto info = f.upload(f.acme, "a.png");
  CHECK(f.gallery.list(f.acme, {.search = "a"}).total == 1u);
  CHECK(f.gallery.list(f.acme, {.search = "a"}).total == 1u);
  f.gallery.rename(f.acme, info.ref, "xyz");
  CHECK(f.gallery.list(f.acme, {.search = "a"}).total == 0u);
  CHECK_FALSE(f.gallery.list(f.acme, {.count_total = false}).total);
}
