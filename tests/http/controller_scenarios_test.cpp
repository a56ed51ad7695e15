// SPDX-License-Identifier: Apache-2.0
// The scenarios of the existing gallery's own controller tests. Intended differences are listed in
// docs/http.md.
#include "http_fixture.hpp"

using namespace imagegallery;

namespace {

const std::string list_page = "/api/images?pageSize=100&page=0";

std::string link_of(const JsonValue& image) { return text_at(image, "link"); }

}  // namespace

TEST_CASE("An uploaded PNG is described, served, previewed and listed", "[http]") {
  const HttpFixture api;
  const auto content = png(200, 160);
  const auto image = api.upload("acme", "image.png", content);
  CHECK(text_at(image, "id/entityType") == "TB_RESOURCE");
  CHECK(ImageId::parse(text_at(image, "id/id")));
  CHECK(text_at(image, "tenantId/entityType") == "TENANT");
  CHECK(text_at(image, "tenant") == "acme");
  CHECK(number_at(image, "createdTime") == 1'700'000'000'500);
  CHECK(text_at(image, "title") == "image.png");
  CHECK(text_at(image, "name") == "image.png");
  CHECK(text_at(image, "resourceKey") == "image.png");
  CHECK(text_at(image, "fileName") == "image.png");
  CHECK(text_at(image, "resourceType") == "IMAGE");
  CHECK(text_at(image, "resourceSubType") == "IMAGE");
  CHECK(text_at(image, "link") == "/api/images/tenant/image.png");
  CHECK_FALSE(bool_at(image, "public"));
  CHECK(at(image, "publicLink").is_null());
  CHECK(text_at(image, "publicResourceKey").size() == 32);
  CHECK(text_at(image, "descriptor/mediaType") == "image/png");
  CHECK(number_at(image, "descriptor/width") == 200);
  CHECK(number_at(image, "descriptor/height") == 160);
  CHECK(number_at(image, "descriptor/size") == content.size());
  CHECK(text_at(image, "descriptor/etag") == text_at(image, "etag"));
  CHECK(number_at(image, "descriptor/previewDescriptor/width") == 200);

  const auto bytes = api.get("acme", link_of(image));
  CHECK(bytes.status == 200);
  CHECK(field_of(bytes, "Content-Type") == "image/png");
  CHECK(field_of(bytes, "ETag") == '"' + text_at(image, "etag") + '"');
  CHECK(body_of(bytes) == content);

  const auto preview = api.get("acme", link_of(image) + "/preview");
  CHECK(preview.status == 200);
  CHECK(body_of(preview).size() == number_at(image, "descriptor/previewDescriptor/size"));
  CHECK(field_of(preview, "Content-Type") ==
        text_at(image, "descriptor/previewDescriptor/mediaType"));

  CHECK(titles_of(api.get("acme", list_page)) == std::vector<std::string>{"image.png"});
}

TEST_CASE("An uploaded JPEG has the preview that its descriptor describes", "[http]") {
  const HttpFixture api;
  const auto content = jpeg();
  const auto image = api.upload("acme", "image.jpg", content);
  CHECK(text_at(image, "descriptor/mediaType") == "image/jpeg");
  CHECK(body_of(api.get("acme", link_of(image))) == content);
  const auto preview = api.get("acme", link_of(image) + "/preview");
  CHECK(body_of(preview).size() == number_at(image, "descriptor/previewDescriptor/size"));
  CHECK(field_of(preview, "ETag") ==
        '"' + text_at(image, "descriptor/previewDescriptor/etag") + '"');
}

TEST_CASE("An uploaded SVG has its size and the preview that its descriptor describes", "[http]") {
  const HttpFixture api;
  const auto image = api.upload("acme", "image.svg", svg());
  CHECK(text_at(image, "descriptor/mediaType") == "image/svg+xml");
  CHECK(number_at(image, "descriptor/width") == 150);
  CHECK(number_at(image, "descriptor/height") == 150);
  CHECK(body_of(api.get("acme", link_of(image))) == svg());
  CHECK(body_of(api.get("acme", link_of(image) + "/preview")).size() ==
        number_at(image, "descriptor/previewDescriptor/size"));
}

TEST_CASE("The sub type of an upload is stored", "[http]") {
  const HttpFixture api;
  const auto response =
      api.send_form("acme", Form{}.file("a.svg", svg()).text("imageSubType", "SCADA_SYMBOL"));
  CHECK(text_at(json_of(response), "resourceSubType") == "SCADA_SYMBOL");
  CHECK(titles_of(api.get("acme", list_page)).empty());
  CHECK(titles_of(api.get("acme", list_page + "&imageSubType=SCADA_SYMBOL")).size() == 1);
}

TEST_CASE("A file name that already exists gets a numbered key and remains the title", "[http]") {
  const HttpFixture api;
  std::vector<std::string> keys;
  for (std::uint32_t seed = 1; seed <= 3; ++seed) {
    const auto image = api.upload("acme", "x.jpg", png(20, 10, seed));
    keys.push_back(text_at(image, "resourceKey"));
    CHECK(text_at(image, "title") == "x.jpg");
    CHECK(text_at(image, "fileName") == "x.jpg");
  }
  CHECK(keys == std::vector<std::string>{"x.jpg", "x_(1).jpg", "x_(2).jpg"});
  CHECK(body_of(api.get("acme", "/api/images/tenant/x_%281%29.jpg")) == png(20, 10, 2));
}

TEST_CASE("A replacement changes only file name, descriptor and bytes", "[http]") {
  const HttpFixture api;
  const auto before = api.upload("acme", "image.png", png());
  const auto response =
      api.send_form("acme", Form{}.file("new.jpg", jpeg()), "PUT", link_of(before));
  REQUIRE(response.status == 200);
  const auto after = json_of(response);
  for (const auto* same : {"title", "resourceKey", "publicResourceKey", "link"}) {
    CHECK(text_at(after, same) == text_at(before, same));
  }
  CHECK(text_at(after, "fileName") == "new.jpg");
  CHECK(text_at(after, "descriptor/mediaType") == "image/jpeg");
  CHECK(number_at(after, "revision") > number_at(before, "revision"));
  CHECK(body_of(api.get("acme", link_of(before))) == jpeg());
}

TEST_CASE("An update of the metadata changes only the title", "[http]") {
  const HttpFixture api;
  const auto before = api.upload("acme", "image.png", png());
  const auto response =
      api.put_json("acme", link_of(before) + "/info",
                   R"({"title": "New", "descriptor": {}, "resourceKey": "x", "public": true,
                       "fileName": "x", "etag": "x", "tenantId": {"id": "x"}})");
  REQUIRE(response.status == 200);
  const auto after = json_of(api.get("acme", link_of(before) + "/info"));
  CHECK(text_at(after, "title") == "New");
  for (const auto* same : {"resourceKey", "fileName", "etag", "tenantId/id"}) {
    CHECK(text_at(after, same) == text_at(before, same));
  }
  CHECK(number_at(after, "descriptor/width") == 20);
  CHECK_FALSE(bool_at(after, "public"));
}

TEST_CASE("Export, delete and import restores an image", "[http]") {
  const HttpFixture api;
  const auto image = json_of(api.send_form(
      "acme", Form{}.file("image.png", png()).text("title", "Pump").text("public", "true")));
  const auto exported = api.get("acme", link_of(image) + "/export");
  REQUIRE(exported.status == 200);
  const auto text = body_of(exported);
  const auto document = parse_json(text);
  CHECK(text_at(document, "link") == link_of(image));
  CHECK(text_at(document, "title") == "Pump");
  CHECK(text_at(document, "type") == "IMAGE");
  CHECK(text_at(document, "subType") == "IMAGE");
  CHECK(text_at(document, "resourceKey") == "image.png");
  CHECK(text_at(document, "fileName") == "image.png");
  CHECK(text_at(document, "publicResourceKey") == text_at(image, "publicResourceKey"));
  CHECK(bool_at(document, "public"));
  CHECK(text_at(document, "mediaType") == "image/png");
  CHECK_FALSE(text_at(document, "data").empty());

  CHECK(api.send("acme", "DELETE", link_of(image)).status == 200);
  CHECK(api.get("acme", link_of(image) + "/info").status == 404);

  const auto response = api.put_json("acme", "/api/image/import", text);
  REQUIRE(response.status == 200);
  const auto imported = json_of(response);
  for (const auto* same : {"title", "resourceKey", "fileName", "publicResourceKey", "publicLink"}) {
    CHECK(text_at(imported, same) == text_at(image, same));
  }
  CHECK(body_of(api.get("", text_at(imported, "publicLink"))) == png());
}

TEST_CASE("An import over the limit is rejected", "[http]") {
  const HttpFixture api{{.limits = {.max_image_bytes = 3000}}};
  const HttpFixture roomy;
  const auto large = text_of_bytes(make_test_png(50, 50, 1, true));
  REQUIRE(large.size() > 3000);
  const auto image = roomy.upload("acme", "a.png", large);
  const auto text = body_of(roomy.get("acme", link_of(image) + "/export"));
  const auto response = api.put_json("acme", "/api/image/import", text);
  CHECK(response.status == 413);
  CHECK_THAT(text_at(json_of(response), "message"), ContainsSubstring("3000"));
}

TEST_CASE("A list has the tenant's images of one sub type, optionally with the system's",
          "[http]") {
  const HttpFixture api;
  const auto upload = [&](const char* who, const char* title, const char* sub_type) {
    const auto response =
        api.send_form(who, Form{}.file(title, svg()).text("imageSubType", sub_type));
    REQUIRE(response.status == 200);
  };
  upload("system", "system.png", "IMAGE");
  upload("system", "system.svg", "SCADA_SYMBOL");
  upload("acme", "tenant.jpg", "IMAGE");
  upload("acme", "tenant.svg", "SCADA_SYMBOL");
  using Titles = std::vector<std::string>;
  const auto list = [&](const std::string& more) {
    return titles_of(api.get("acme", list_page + "&sortProperty=title" + more));
  };
  CHECK(list("") == Titles{"tenant.jpg"});
  CHECK(list("&imageSubType=SCADA_SYMBOL") == Titles{"tenant.svg"});
  CHECK(list("&includeSystemImages=true") == Titles{"system.png", "tenant.jpg"});
  CHECK(list("&includeSystemImages=true&imageSubType=SCADA_SYMBOL") ==
        Titles{"system.svg", "tenant.svg"});
  CHECK(list("&includeSystemImages=true&textSearch=png") == Titles{"system.png"});
  CHECK(list("&includeSystemImages=true&textSearch=JPG") == Titles{"tenant.jpg"});
  CHECK(list("&includeSystemImages=true&textSearch=nothing").empty());
}

TEST_CASE("Anybody can read a public image by its link", "[http]") {
  const HttpFixture api;
  const auto image =
      json_of(api.send_form("acme", Form{}.file("a.png", png()).text("public", "true")));
  const auto link = text_at(image, "publicLink");
  CHECK(link == "/api/images/public/" + text_at(image, "publicResourceKey"));
  const auto response = api.get("", link);
  CHECK(response.status == 200);
  CHECK(body_of(response) == png());
}

TEST_CASE("A public link works exactly while the image is public", "[http]") {
  const HttpFixture api;
  const auto image = api.upload("acme", "a.png", png());
  const auto link = "/api/images/public/" + text_at(image, "publicResourceKey");
  const auto publish = [&](const char* value) {
    const auto response = api.send("acme", "PUT", link_of(image) + "/public/" + value);
    REQUIRE(response.status == 200);
    return json_of(response);
  };
  const HttpField held{"If-None-Match", '"' + text_at(image, "etag") + '"'};
  CHECK(api.get("", link).status == 404);
  CHECK(bool_at(publish("true"), "public"));
  CHECK(api.get("", link).status == 200);
  CHECK(api.get("", link, {held}).status == 304);
  CHECK_FALSE(bool_at(publish("false"), "public"));
  CHECK(api.get("", link).status == 404);
  CHECK(api.get("", link, {held}).status == 404);
}

TEST_CASE("The system parameters reflect the tenant's limits", "[http]") {
  const HttpFixture api{{.limits = {.max_image_bytes = 0}}};
  const auto limit = [&](const char* who) {
    return number_at(json_of(api.get(who, "/api/system/params")), "maxResourceSize");
  };
  CHECK(limit("acme") == 0);
  CHECK(api.put_json("system", "/api/limits/acme", R"({"maxImageBytes": 100})").status == 200);
  CHECK(limit("acme") == 100);
  CHECK(limit("acme-user") == 100);
  CHECK(limit("globex") == 0);
  CHECK(limit("system") == 0);
  CHECK(api.put_json("system", "/api/limits/acme", R"({"maxImageBytes": null})").status == 200);
  CHECK(limit("acme") == 0);
}

TEST_CASE("A client manages five images from upload to deletion", "[http]") {
  const HttpFixture api;
  std::vector<JsonValue> images;
  for (std::uint32_t i = 1; i <= 5; ++i) {
    const auto number = std::to_string(i);
    images.push_back(json_of(api.send_form(
        "acme",
        Form{}.file("image" + number + ".png", png(20, 10, i)).text("title", "Image " + number))));
  }
  const auto found = api.get("acme", list_page + "&textSearch=image+3");
  CHECK(titles_of(found) == std::vector<std::string>{"Image 3"});
  const auto link = link_of(images[2]);
  CHECK(text_at(json_of(api.get("acme", link + "/info")), "title") == "Image 3");
  CHECK(body_of(api.get("acme", link)) == png(20, 10, 3));
  CHECK(api.get("acme", link + "/preview").status == 200);
  const auto updated =
      json_of(api.send_form("acme", Form{}.file("other.png", png(30, 30)), "PUT", link));
  CHECK(text_at(updated, "title") == "Image 3");
  CHECK(text_at(updated, "resourceKey") == "image3.png");
  CHECK(bool_at(json_of(api.send("acme", "PUT", link + "/public/true")), "public"));
  CHECK(api.get("acme", link + "/export").status == 200);
  CHECK(bool_at(json_of(api.send("acme", "DELETE", link)), "success"));
  CHECK(api.get("acme", link + "/info").status == 404);
  CHECK(titles_of(api.get("acme", list_page)).size() == 4);
}

TEST_CASE("Errors of exceeded limits name the limit, per image and in total", "[http]") {
  const HttpFixture api;
  const auto content = png();
  const auto size = std::to_string(content.size());
  const auto less = std::to_string(content.size() - 1);
  REQUIRE(api.put_json("system", "/api/limits/acme", "{\"maxTotalBytes\":" + size + "}").status ==
          200);
  (void)api.upload("acme", "a.png", content);
  const auto over_total = api.send_form("acme", Form{}.file("b.png", png(20, 10, 2)));
  CHECK(over_total.status == 413);
  CHECK_THAT(text_at(json_of(over_total), "message"), ContainsSubstring(size));
  REQUIRE(api.put_json("system", "/api/limits/acme", "{\"maxImageBytes\":" + less + "}").status ==
          200);
  const auto over_image = api.send_form("acme", Form{}.file("b.png", content));
  CHECK(over_image.status == 413);
  CHECK_THAT(text_at(json_of(over_image), "message"), ContainsSubstring(less));
  const auto usage = json_of(api.get("system", "/api/limits/acme"));
  CHECK(number_at(usage, "bytes") == content.size());
  CHECK(number_at(usage, "images") == 1);
}

TEST_CASE("A key may have no extension", "[http]") {
  const HttpFixture api;
  CHECK(text_at(api.upload("acme", "pump", png()), "resourceKey") == "pump");
  CHECK(text_at(api.upload("acme", "pump", png(20, 10, 2)), "resourceKey") == "pump_(1)");
}
