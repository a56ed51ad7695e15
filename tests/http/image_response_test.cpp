// SPDX-License-Identifier: Apache-2.0
#include "http/image_response.hpp"

#include <imagegallery/storage/forwarding.hpp>

#include <algorithm>
#include <memory>
#include <random>
#include <set>

#include "http_fixture.hpp"

using namespace imagegallery;

namespace {

const std::string own_path = "/api/images/tenant/a.png";
const std::string image_policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

struct OneImage : HttpFixture {
  explicit OneImage(GalleryOptions options = {}) : HttpFixture(std::move(options)) {
    image = upload("acme", "a.png", png());
    etag = text_at(image, "etag");
    time += std::chrono::seconds{10};
  }

  HttpResponse read(std::vector<HttpField> fields = {}, const std::string& query = {}) const {
    return get("acme", own_path + query, std::move(fields));
  }

  JsonValue image;
  std::string etag;
};

GalleryOptions with_lifetimes(int system, int tenant) {
  GalleryOptions options;
  options.cache.system_browser_ttl = std::chrono::minutes{system};
  options.cache.tenant_browser_ttl = std::chrono::minutes{tenant};
  return options;
}

std::string quoted(const std::string& etag) { return '"' + etag + '"'; }

}  // namespace

TEST_CASE("An image response has validators and security headers", "[http]") {
  const OneImage api;
  const auto response = api.read();
  CHECK(response.status == 200);
  CHECK(field_of(response, "Content-Type") == "image/png");
  CHECK(field_of(response, "ETag") == quoted(api.etag));
  CHECK(field_of(response, "Last-Modified") == "Tue, 14 Nov 2023 22:13:20 GMT");
  CHECK(field_of(response, "Cache-Control") == "private, no-cache");
  CHECK(field_of(response, "Vary") == "Accept-Encoding, Authorization, X-Authorization, Cookie");
  CHECK(field_of(response, "Accept-Ranges") == "bytes");
  CHECK(field_of(response, "Content-Disposition") == "attachment; filename=\"a.png\"");
  CHECK(field_of(response, "x-filename") == "a.png");
  CHECK(field_of(response, "Content-Security-Policy") == image_policy);
  CHECK(field_of(response, "X-Content-Type-Options") == "nosniff");
  CHECK(field_of(response, "Referrer-Policy") == "no-referrer");
  CHECK(field_of(response, "Cross-Origin-Resource-Policy") == "same-origin");
  CHECK(body_of(response) == png());
}

TEST_CASE("A public link may be embedded anywhere and does not vary by user", "[http]") {
  const OneImage api;
  REQUIRE(api.send("acme", "PUT", own_path + "/public/true").status == 200);
  const auto response =
      api.get("", "/api/images/public/" + text_at(api.image, "publicResourceKey"));
  CHECK(response.status == 200);
  CHECK(field_of(response, "Cache-Control") == "no-cache");
  CHECK(field_of(response, "Vary") == "Accept-Encoding");
  CHECK(field_of(response, "Cross-Origin-Resource-Policy") == "cross-origin");
  CHECK(field_of(response, "Content-Security-Policy") == image_policy);
  CHECK(field_of(response, "Content-Disposition") == "inline; filename=\"a.png\"");
  CHECK(field_of(response, "x-filename") == "(absent)");
}

TEST_CASE("HEAD returns the fields of GET and no body", "[http]") {
  const OneImage api;
  for (const std::string path : {"", "/preview", "/info", "/export"}) {
    CAPTURE(path);
    const auto get = api.get("acme", own_path + path);
    const auto head = api.send("acme", "HEAD", own_path + path);
    CHECK(head.status == 200);
    CHECK(head.fields == get.fields);
    CHECK(head.body == nullptr);
  }
}

TEST_CASE("An image that the client has cached is not sent again", "[http]") {
  const OneImage api;
  struct Row {
    std::vector<HttpField> fields;
    int status;
  };
  const auto tag = quoted(api.etag);
  const std::string since = "If-Modified-Since";
  const std::vector<Row> rows{
      {{{"If-None-Match", tag}}, 304},
      {{{"If-None-Match", "W/" + tag}}, 304},
      {{{"If-None-Match", "\"x\", " + tag}}, 304},
      {{{"If-None-Match", "\"x\""}, {"If-None-Match", tag}}, 304},
      {{{"If-None-Match", "*"}}, 304},
      {{{"If-None-Match", tag}, {"If-Match", tag}}, 304},
      {{{"If-None-Match", tag}, {"Range", "bytes=0-1"}}, 304},
      {{{since, "Tue, 14 Nov 2023 22:13:20 GMT"}}, 304},
      {{{since, "Tuesday, 14-Nov-23 22:13:20 GMT"}}, 304},
      {{{since, "Tue Nov 14 22:13:20 2023"}}, 304},
      {{{since, "Tue, 14 Nov 2023 22:13:19 GMT"}}, 200},
      {{{since, "Tue, 14 Nov 2023 22:13:20 GMT"}, {"If-None-Match", "\"x\""}}, 200},
      {{{"If-None-Match", "\"x\""}}, 200},
      {{{"If-None-Match", api.etag}}, 200},
      {{{"If-None-Match", quoted(api.etag + "-gz")}}, 200},
      {{{"If-Match", "\"x\""}, {"If-None-Match", tag}}, 412},
      {{{"If-Match", "W/" + tag}}, 412},
      {{{"If-Unmodified-Since", "Tue, 14 Nov 2023 22:13:19 GMT"}}, 412},
      {{{"If-Unmodified-Since", "Tue, 14 Nov 2023 22:13:19 GMT"}, {"If-None-Match", tag}}, 412},
      {{{"If-Unmodified-Since", "Tue, 14 Nov 2023 22:13:20 GMT"}}, 200},
  };
  for (const auto& row : rows) {
    std::string shown;
    for (const auto& field : row.fields) shown += field.name + ": " + field.value + " | ";
    CAPTURE(shown);
    const auto response = api.read(row.fields);
    CHECK(response.status == row.status);
    if (row.status != 304) continue;
    CHECK(response.body == nullptr);
    CHECK(field_of(response, "ETag") == tag);
  }
}

TEST_CASE("304 repeats only cache fields and security headers", "[http]") {
  const OneImage api{with_lifetimes(0, 5)};
  const auto whole = api.read();
  const auto cached = api.read({{"If-None-Match", quoted(api.etag)}});
  const auto evaluated = api.read({{"If-None-Match", "*"}});
  REQUIRE(cached.status == 304);
  REQUIRE(evaluated.status == 304);
  for (const auto* name :
       {"ETag", "Cache-Control", "Vary", "Content-Security-Policy", "X-Content-Type-Options",
        "Referrer-Policy", "Cross-Origin-Resource-Policy"}) {
    CAPTURE(name);
    CHECK(field_of(cached, name) == field_of(whole, name));
    CHECK(field_of(evaluated, name) == field_of(whole, name));
  }
  CHECK(field_of(evaluated, "Last-Modified") == field_of(whole, "Last-Modified"));
  for (const auto* name :
       {"Content-Type", "Content-Length", "Content-Disposition", "Content-Encoding"}) {
    CAPTURE(name);
    CHECK(field_of(cached, name) == "(absent)");
    CHECK(field_of(evaluated, name) == "(absent)");
  }
}

TEST_CASE("304 works with a warm and with a cold ETag cache", "[http]") {
  GalleryOptions cold;
  cold.cache.etags_max_bytes = 0;
  for (const auto& options : {GalleryOptions{}, cold}) {
    const OneImage api{options};
    CHECK(api.read({{"If-None-Match", quoted(api.etag)}}).status == 304);
    CHECK(api.read({{"If-None-Match", quoted(api.etag)}}).status == 304);
  }
}

TEST_CASE("Preconditions reveal nothing to clients without read permission", "[http]") {
  const OneImage api;
  const std::vector<HttpField> conditions{{"If-None-Match", quoted(api.etag)},
                                          {"If-Match", "\"x\""},
                                          {"If-None-Match", "*"},
                                          {"Range", "bytes=99999-"},
                                          {"If-Unmodified-Since", "Tue, 14 Nov 2000 22:13:20 GMT"}};
  CHECK(api.read({conditions[0]}).status == 304);  // warms the cache
  for (const auto& condition : conditions) {
    for (const std::string path : {"", "/preview", "/info", "/export"}) {
      CAPTURE(condition.name, condition.value, path);
      CHECK(api.get("globex", own_path + path, {condition}).status == 404);
      CHECK(api.get("system", own_path + path, {condition}).status == 404);
      CHECK(api.get("", own_path + path, {condition}).status == 401);
    }
    CHECK(api.get("", "/api/images/public/" + text_at(api.image, "publicResourceKey"), {condition})
              .status == 404);
  }
}

TEST_CASE("A request for one range returns that part of the image", "[http]") {
  const OneImage api;
  const auto content = png();
  const auto size = std::to_string(content.size());
  const auto part = api.read({{"Range", "bytes=2-5"}});
  CHECK(part.status == 206);
  CHECK(field_of(part, "Content-Range") == "bytes 2-5/" + size);
  CHECK(field_of(part, "Content-Type") == "image/png");
  CHECK(field_of(part, "ETag") == quoted(api.etag));
  CHECK(field_of(part, "Content-Security-Policy") == image_policy);
  CHECK(body_of(part) == content.substr(2, 4));
  CHECK(body_of(api.read({{"Range", "bytes=-3"}})) == content.substr(content.size() - 3));
  CHECK(body_of(api.read({{"Range", "bytes=4-"}})) == content.substr(4));
  CHECK(api.read({{"Range", "bytes=0-1,3-4"}}).status == 200);
  CHECK(api.read({{"Range", "nonsense"}}).status == 200);
  CHECK(api.send("acme", "HEAD", own_path, {{"Range", "bytes=2-5"}}).status == 200);

  const auto past_end = api.read({{"Range", "bytes=" + size + "-"}});
  CHECK(past_end.status == 416);
  CHECK(field_of(past_end, "Content-Range") == "bytes */" + size);
  CHECK(field_of(past_end, "Content-Type") == "application/problem+json");
}

TEST_CASE("If-Range sends the part only if the validator matches", "[http]") {
  const OneImage api;
  const HttpField range{"Range", "bytes=0-3"};
  const auto status = [&](const std::string& validator) {
    return api.read({range, {"If-Range", validator}}).status;
  };
  CHECK(status(quoted(api.etag)) == 206);
  CHECK(status("Tue, 14 Nov 2023 22:13:20 GMT") == 206);
  CHECK(status("W/" + quoted(api.etag)) == 200);
  CHECK(status("\"x\"") == 200);
  CHECK(status("Tue, 14 Nov 2023 22:13:21 GMT") == 200);
}

TEST_CASE("Last-Modified is omitted while another change could get the same date", "[http]") {
  OneImage api;
  const auto first = field_of(api.read(), "Last-Modified");
  CHECK(api.read({{"If-Modified-Since", first}}).status == 304);
  REQUIRE(api.put_json("acme", own_path + "/info", R"({"title": "b"})").status == 200);
  CHECK_FALSE(api.read().find("Last-Modified"));
  CHECK(api.read({{"If-Modified-Since", first}}).status == 200);
  api.time += std::chrono::seconds{1};
  const auto date = field_of(api.read(), "Last-Modified");
  REQUIRE(api.send_form("acme", Form{}.file("a.png", png(9, 9)), "PUT", own_path).status == 200);
  CHECK(api.read({{"If-Modified-Since", date}}).status == 200);
}

TEST_CASE("max-age is sent only if configured, and only to the user's own cache", "[http]") {
  OneImage api{with_lifetimes(3, 5)};
  (void)api.upload("system", "s.png", png(8, 8));
  const auto lifetime = [&](const char* who, const std::string& target) {
    return field_of(api.get(who, target), "Cache-Control");
  };
  CHECK(lifetime("acme", own_path) == "private, max-age=300");
  CHECK(lifetime("acme-user", own_path + "/preview") == "private, max-age=300");
  CHECK(lifetime("acme", "/api/images/system/s.png") == "private, max-age=180");
  CHECK(lifetime("system", "/api/images/tenant/s.png") == "private, max-age=180");
}

TEST_CASE("A public link has the lifetime of its owner's images, also on 304", "[http]") {
  OneImage api{with_lifetimes(3, 5)};
  const auto image = api.upload("system", "s.png", png(8, 8));
  REQUIRE(api.send("system", "PUT", "/api/images/system/s.png/public/true").status == 200);
  REQUIRE(api.send("acme", "PUT", own_path + "/public/true").status == 200);
  for (const auto& [shown, value] :
       {std::pair{image, "public, max-age=180"}, std::pair{api.image, "public, max-age=300"}}) {
    const auto target = "/api/images/public/" + text_at(shown, "publicResourceKey");
    CHECK(field_of(api.get("", target), "Cache-Control") == value);
    for (int i = 0; i < 2; ++i) {
      const auto held = api.get("", target, {{"If-None-Match", quoted(text_at(shown, "etag"))}});
      CHECK(held.status == 304);
      CHECK(field_of(held, "Cache-Control") == value);
    }
  }
}

TEST_CASE("A versioned URL is immutable while its version is current", "[http]") {
  const OneImage api;
  const auto versioned = [&](const std::string& query) {
    return field_of(api.read({}, query), "Cache-Control");
  };
  CHECK(versioned("?v=" + api.etag) == "private, max-age=31536000, immutable");
  CHECK(versioned("?v=") == "private, no-cache");
  CHECK(versioned("?v=older") == "private, no-cache");
  const auto preview = text_at(api.image, "descriptor/previewDescriptor/etag");
  CHECK(field_of(api.get("acme", own_path + "/preview?v=" + preview), "Cache-Control") ==
        "private, max-age=31536000, immutable");

  const auto held = api.read({{"If-None-Match", quoted(api.etag)}}, "?v=" + api.etag);
  CHECK(held.status == 304);
  CHECK(field_of(held, "Cache-Control") == "private, max-age=31536000, immutable");

  REQUIRE(api.send_form("acme", Form{}.file("a.png", png(9, 9)), "PUT", own_path).status == 200);
  CHECK(versioned("?v=" + api.etag) == "private, no-cache");
  CHECK(body_of(api.read({}, "?v=" + api.etag)) == png(9, 9));
}

TEST_CASE("A public versioned URL may be cached by everybody", "[http]") {
  const OneImage api;
  REQUIRE(api.send("acme", "PUT", own_path + "/public/true").status == 200);
  const auto response = api.get(
      "", "/api/images/public/" + text_at(api.image, "publicResourceKey") + "?v=" + api.etag);
  CHECK(field_of(response, "Cache-Control") == "public, max-age=31536000, immutable");
}

TEST_CASE("An SVG is gzipped on request, with its own ETag", "[http]") {
  const HttpFixture api;
  const auto image = api.upload("acme", "a.svg", svg());
  const std::string target = "/api/images/tenant/a.svg";
  const auto etag = text_at(image, "etag");
  const HttpField gzip{"Accept-Encoding", "gzip, br"};
  const auto plain = api.get("acme", target);
  const auto gzipped = api.get("acme", target, {gzip});
  CHECK(plain.status == 200);
  CHECK(field_of(plain, "Content-Encoding") == "(absent)");
  CHECK(field_of(plain, "ETag") == quoted(etag));
  CHECK(gzipped.status == 200);
  CHECK(field_of(gzipped, "Content-Encoding") == "gzip");
  CHECK(field_of(gzipped, "ETag") == quoted(etag + "-gz"));
  CHECK(field_of(gzipped, "Vary") == field_of(plain, "Vary"));
  CHECK_THAT(field_of(gzipped, "Vary"), ContainsSubstring("Accept-Encoding"));
  CHECK(body_of(gzipped).size() < svg().size());
  CHECK(body_of(gzipped).substr(0, 2) == "\x1f\x8b");
  for (const auto* refused : {"", "identity", "gzip;q=0", "notgzip", "gzip;q=0.1, identity"}) {
    CAPTURE(refused);
    CHECK(body_of(api.get("acme", target, {{"Accept-Encoding", refused}})) == svg());
  }
}

TEST_CASE("An SVG that gzip does not make smaller is sent as it is, with its plain ETag",
          "[http]") {
  // A comment of random bytes, without those that end it or switch the encoding.
  std::string noise = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\" height=\"1\"><!--";
  std::minstd_rand random{1};
  while (noise.size() < 2000) {
    const auto byte = static_cast<unsigned char>(random() >> 8 & 0xFF);
    if (byte != '-' && byte != 0x1B) noise += static_cast<char>(byte);
  }
  noise += "--></svg>";
  const HttpFixture api;
  const auto image = api.upload("acme", "a.svg", noise);
  for (int i = 0; i < 2; ++i) {
    const auto response =
        api.get("acme", "/api/images/tenant/a.svg", {{"Accept-Encoding", "gzip"}});
    CHECK(response.status == 200);
    CHECK(field_of(response, "Content-Encoding") == "(absent)");
    CHECK(field_of(response, "ETag") == quoted(text_at(image, "etag")));
    CHECK(body_of(response) == noise);
  }
}

TEST_CASE("An SVG is gzipped from 512 bytes on", "[http]") {
  const std::string start = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\" height=\"1\">";
  for (const std::size_t size : {511u, 512u, 513u}) {
    CAPTURE(size);
    const HttpFixture api;
    const std::string end = "</svg>";
    const auto text = start + std::string(size - start.size() - end.size(), ' ') + end;
    const auto image = api.upload("acme", "a.svg", text);
    const auto response =
        api.get("acme", "/api/images/tenant/a.svg", {{"Accept-Encoding", "gzip"}});
    CHECK(field_of(response, "Content-Encoding") == (size < 512 ? "(absent)" : "gzip"));
    CHECK(field_of(response, "ETag") == quoted(text_at(image, "etag") + (size < 512 ? "" : "-gz")));
  }
}

TEST_CASE("Gzipped content is never another image's, even if their ETags collide", "[http]") {
  // XXH3 collisions can be forced. Here the storage gives every image the same ETag.
  class OneEtag final : public ForwardingBackend {
   public:
    using ForwardingBackend::ForwardingBackend;
    std::optional<ImageRecord> find(std::string_view tenant, std::string_view key) const override {
      auto record = ForwardingBackend::find(tenant, key);
      if (record) record->descriptor.etag = "same";
      return record;
    }
  };
  const HttpFixture api{{}, {}, std::make_unique<OneEtag>(open_memory())};
  std::string other = svg();
  std::replace(other.begin(), other.end(), 'M', 'm');
  (void)api.upload("acme", "a.svg", svg());
  (void)api.upload("acme", "b.svg", other);
  const HttpField gzip{"Accept-Encoding", "gzip"};
  const auto a = api.get("acme", "/api/images/tenant/a.svg", {gzip});
  const auto b = api.get("acme", "/api/images/tenant/b.svg", {gzip});
  REQUIRE(field_of(a, "ETag") == "\"same-gz\"");
  REQUIRE(field_of(b, "ETag") == "\"same-gz\"");
  CHECK(body_of(a) != body_of(b));
}

TEST_CASE("Each coding of an SVG is validated by its own ETag", "[http]") {
  const HttpFixture api;
  const auto image = api.upload("acme", "a.svg", svg());
  const std::string target = "/api/images/tenant/a.svg";
  const auto plain = quoted(text_at(image, "etag"));
  const auto gzipped = quoted(text_at(image, "etag") + "-gz");
  const HttpField gzip{"Accept-Encoding", "gzip"};
  struct Row {
    std::string held;
    bool takes_gzip;
    int status;
    std::string etag;
  };
  for (const auto& row : std::vector<Row>{{gzipped, true, 304, gzipped},
                                          {gzipped, false, 200, plain},
                                          {plain, false, 304, plain},
                                          {plain, true, 304, plain},
                                          {plain + ", " + gzipped, true, 304, gzipped},
                                          {"W/" + gzipped, true, 304, gzipped},
                                          {"\"x-gz\"", true, 200, gzipped}}) {
    CAPTURE(row.held, row.takes_gzip);
    std::vector<HttpField> fields{{"If-None-Match", row.held}};
    if (row.takes_gzip) fields.push_back(gzip);
    const auto response = api.get("acme", target, fields);
    CHECK(response.status == row.status);
    CHECK(field_of(response, "ETag") == row.etag);
  }
}

TEST_CASE("A range of an SVG refers to its plain bytes", "[http]") {
  const HttpFixture api;
  (void)api.upload("acme", "a.svg", svg());
  const auto part = api.get("acme", "/api/images/tenant/a.svg",
                            {{"Accept-Encoding", "gzip"}, {"Range", "bytes=0-3"}});
  CHECK(part.status == 206);
  CHECK(field_of(part, "Content-Encoding") == "(absent)");
  CHECK(body_of(part) == "<svg");
}

TEST_CASE("Compressed formats are not gzipped", "[http]") {
  const OneImage api;
  CHECK_FALSE(api.read({{"Accept-Encoding", "gzip"}}).find("Content-Encoding"));
}

TEST_CASE("No file name of an image breaks out of its field", "[http]") {
  const HttpFixture api;
  const std::string name = "a\";b=%0d%0aX: y';насос.png";
  const auto image = api.upload("acme", "a.png", png());
  const auto response = api.send("acme", "PUT",
                                 text_at(image, "link") + "?fileName=" +
                                     "a%22%3Bb%3D%250d%250aX%3A%20y%27%3B%D0%BD%D0%B0%D1%81%D0%BE"
                                     "%D1%81.png",
                                 {{"Content-Type", "image/png"}}, png(8, 8));
  REQUIRE(response.status == 200);
  CHECK(text_at(json_of(response), "fileName") == name);
  const auto bytes = api.get("acme", text_at(image, "link"));
  for (const auto& field : bytes.fields) {
    CAPTURE(field.name, field.value);
    CHECK(std::all_of(field.value.begin(), field.value.end(),
                      [](char c) { return c >= 0x20 && c < 0x7f; }));
  }
  CHECK(field_of(bytes, "Content-Disposition") ==
        "attachment; filename=\"a_;b=_0d_0aX: y';_____.png\"; filename*=UTF-8''a%22%3Bb%3D%250d"
        "%250aX%3A%20y%27%3B%D0%BD%D0%B0%D1%81%D0%BE%D1%81.png");
}

TEST_CASE("A preview's name has the extension of its own format", "[http]") {
  const HttpFixture api;
  const auto image = api.upload("acme", "a.png", text_of_bytes(make_test_png(600, 400, 1, true)));
  const auto preview = api.get("acme", "/api/images/tenant/a.png/preview");
  REQUIRE(field_of(preview, "Content-Type") == "image/jpeg");
  CHECK(field_of(preview, "Content-Disposition") == "attachment; filename=\"a.jpg\"");
}

TEST_CASE("A preview has the requested preset", "[http]") {
  GalleryOptions options;
  options.presets = {{"preview", 64}, {"card", 128}};
  const HttpFixture api{options};
  const auto image = api.upload("acme", "a.png", text_of_bytes(make_test_png(300, 200, 1, true)));
  const auto* const more = at(image, "descriptor/morePreviews").as_array();
  REQUIRE(more != nullptr);
  CHECK(text_at(more->at(0), "preset") == "card");
  const auto card = api.get("acme", "/api/images/tenant/a.png/preview?preset=card");
  CHECK(field_of(card, "ETag") == quoted(text_at(more->at(0), "etag")));
  CHECK(field_of(card, "ETag") !=
        field_of(api.get("acme", "/api/images/tenant/a.png/preview"), "ETag"));
  CHECK(api.get("acme", "/api/images/tenant/a.png/preview?preset=poster").status >= 400);
}
