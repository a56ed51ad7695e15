// SPDX-License-Identifier: Apache-2.0
#include "http_fixture.hpp"

using namespace imagegallery;

namespace {

using Titles = std::vector<std::string>;

// Five images of a tenant, one second apart. In title order, their sizes decrease.
struct FiveImages : HttpFixture {
  FiveImages() {
    std::uint32_t side = 60;
    for (const auto* name : {"b.png", "d.png", "a.png", "e.png", "c.png"}) {
      const auto shrink = static_cast<std::uint32_t>(name[0] - 'a') * 10;
      (void)upload("acme", name, text_of_bytes(make_test_png(side - shrink, side, 1, true)));
      time += std::chrono::seconds{1};
    }
  }

  HttpResponse list(const std::string& query, std::vector<HttpField> fields = {}) const {
    return get("acme", "/api/images?" + query, std::move(fields));
  }
  Titles titles(const std::string& query) const { return titles_of(list(query)); }
};

std::string message_of(const HttpResponse& response) {
  CHECK(response.status == 400);
  return text_at(json_of(response), "message");
}

}  // namespace

TEST_CASE("A list returns pages and totals", "[http]") {
  const FiveImages api;
  const auto page = json_of(api.list("pageSize=2&page=1&sortProperty=title"));
  CHECK(at(page, "data").as_array()->size() == 2);
  CHECK(number_at(page, "totalPages") == 3);
  CHECK(number_at(page, "totalElements") == 5);
  CHECK(bool_at(page, "hasNext"));
  const auto last = json_of(api.list("pageSize=2&page=2"));
  CHECK(at(last, "data").as_array()->size() == 1);
  CHECK_FALSE(bool_at(last, "hasNext"));
  CHECK(at(last, "nextCursor").is_null());
  const auto past_end = json_of(api.list("pageSize=2&page=3"));
  CHECK(at(past_end, "data").as_array()->empty());
  CHECK(number_at(past_end, "totalElements") == 5);
}

TEST_CASE("A list is newest first by default", "[http]") {
  const FiveImages api;
  const std::string page = "pageSize=10&page=0";
  CHECK(api.titles(page) == Titles{"c.png", "e.png", "a.png", "d.png", "b.png"});
  CHECK(api.titles(page + "&sortOrder=ASC") == Titles{"b.png", "d.png", "a.png", "e.png", "c.png"});
  CHECK(api.titles(page + "&sortProperty=createdTime") ==
        Titles{"b.png", "d.png", "a.png", "e.png", "c.png"});
  CHECK(api.titles(page + "&sortProperty=title") ==
        Titles{"a.png", "b.png", "c.png", "d.png", "e.png"});
  CHECK(api.titles(page + "&sortProperty=title&sortOrder=desc") ==
        Titles{"e.png", "d.png", "c.png", "b.png", "a.png"});
  CHECK(api.titles(page + "&sortProperty=size&sortOrder=ASC") ==
        Titles{"e.png", "d.png", "c.png", "b.png", "a.png"});
  CHECK(api.titles(page + "&sortProperty=resourceType").size() == 5);
  CHECK(api.titles(page + "&sortProperty=tenantId").size() == 5);
}

TEST_CASE("A cursor continues where the page ended, even after new uploads", "[http]") {
  const FiveImages api;
  const auto first = api.list("pageSize=2&page=0");
  const auto cursor = text_at(json_of(first), "nextCursor");
  (void)api.upload("acme", "f.png", png());
  const auto second = api.list("pageSize=2&cursor=" + cursor);
  CHECK(titles_of(second) == Titles{"a.png", "d.png"});
  const auto third = api.list("pageSize=2&cursor=" + text_at(json_of(second), "nextCursor"));
  CHECK(titles_of(third) == Titles{"b.png"});
  CHECK_FALSE(bool_at(json_of(third), "hasNext"));
  CHECK(api.list("cursor=nonsense").status == 400);
}

TEST_CASE("The error of an invalid list query names the parameter", "[http]") {
  const FiveImages api;
  const std::vector<std::pair<std::string, std::string>> rows{
      {"page=0", "pageSize"},
      {"pageSize=10", "page"},
      {"pageSize=0&page=0", "pageSize"},
      {"pageSize=-1&page=0", "pageSize"},
      {"pageSize=ten&page=0", "pageSize"},
      {"pageSize=1001&page=0", "pageSize"},
      {"pageSize=99999999999999999999&page=0", "pageSize"},
      {"pageSize=&page=0", "pageSize"},
      {"pageSize=10&page=-1", "page"},
      {"pageSize=10&page=4294967296", "page"},
      {"pageSize=10&page=0&page=1", "page"},
      {"pageSize=10&page=0&sortOrder=UP", "sortOrder"},
      {"pageSize=10&page=0&sortProperty=colour", "sortProperty"},
      {"pageSize=10&page=0&imageSubType=PHOTO", "imageSubType"},
      {"pageSize=10&page=0&includeSystemImages=maybe", "includeSystemImages"},
  };
  for (const auto& [query, name] : rows) {
    CAPTURE(query);
    CHECK_THAT(message_of(api.list(query)), ContainsSubstring(name));
  }
}

TEST_CASE("The host limits the page size", "[http]") {
  HttpOptions options;
  options.max_page_size = 7;
  const HttpFixture api{{}, options};
  CHECK(api.get("acme", "/api/images?pageSize=7&page=0").status == 200);
  CHECK_THAT(message_of(api.get("acme", "/api/images?pageSize=8&page=0")), ContainsSubstring("7"));
}

TEST_CASE("A search is for literal text", "[http]") {
  const HttpFixture api;
  for (const auto* title : {"50% pump", "50 pumps", "pump_1", "pump 1", "Насос"}) {
    REQUIRE(api.send_form("acme", Form{}.file("a.png", png()).text("title", title)).status == 200);
  }
  const auto search = [&](const std::string& text) {
    return titles_of(
        api.get("acme", "/api/images?pageSize=9&page=0&sortProperty=title&textSearch=" + text));
  };
  CHECK(search("%25") == Titles{"50% pump"});
  CHECK(search("_") == Titles{"pump_1"});
  CHECK(search("PUMP+1") == Titles{"pump 1"});
  CHECK(search("%D0%BD%D0%90%D0%A1") == Titles{"Насос"});
  CHECK(search("").size() == 5);
}

TEST_CASE("The ETag of a list is derived from its content", "[http]") {
  const FiveImages api;
  const std::string query = "pageSize=10&page=0";
  const auto whole = api.list(query);
  const auto etag = field_of(whole, "ETag");
  CHECK(field_of(whole, "Cache-Control") == "private, no-cache");
  CHECK_THAT(field_of(whole, "Vary"), ContainsSubstring("Authorization"));
  CHECK(api.list(query, {{"If-None-Match", etag}}).status == 304);
  CHECK(api.list("pageSize=2&page=0", {{"If-None-Match", etag}}).status == 200);
  REQUIRE(api.put_json("acme", "/api/images/tenant/a.png/info", R"({"title":"z"})").status == 200);
  CHECK(api.list(query, {{"If-None-Match", etag}}).status == 200);
}

TEST_CASE("A list is gzipped on request", "[http]") {
  const FiveImages api;
  const auto gzipped = api.list("pageSize=10&page=0", {{"Accept-Encoding", "gzip"}});
  CHECK(field_of(gzipped, "Content-Encoding") == "gzip");
  const auto etag = field_of(gzipped, "ETag");
  CHECK_THAT(etag, ContainsSubstring("-gz\""));
  CHECK(api.list("pageSize=10&page=0", {{"Accept-Encoding", "gzip"}, {"If-None-Match", etag}})
            .status == 304);
}

TEST_CASE("A system administrator lists the system's images", "[http]") {
  const FiveImages api;
  (void)api.upload("system", "s.png", png());
  CHECK(titles_of(api.get("system", "/api/images?pageSize=10&page=0")) == Titles{"s.png"});
  CHECK(titles_of(api.get("globex", "/api/images?pageSize=10&page=0")).empty());
}
