// SPDX-License-Identifier: Apache-2.0
#include "web/page_routes.hpp"

#include "catch.hpp"

#include <set>
#include <string>
#include <vector>

namespace imagegallery {
std::span<const EmbeddedFile> embedded_samples() noexcept;
}

using namespace imagegallery;

namespace {

const EmbeddedFile& sample(std::string_view path) {
  const EmbeddedFile* file = find_file(embedded_samples(), path);
  REQUIRE(file != nullptr);
  return *file;
}

HttpRequestHead get(std::vector<HttpField> fields = {}, std::string method = "GET") {
  return {.method = std::move(method), .target = "/", .fields = std::move(fields)};
}

std::string text(const HttpResponse& response) {
  if (!response.body) return {};
  const Bytes bytes = read_all(*response.body);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

TEST_CASE("Every listed file is embedded, byte for byte", "[web]") {
  CHECK(embedded_samples().size() == 4);
  const EmbeddedFile& every_byte = sample("every_byte.bin");
  REQUIRE(every_byte.content.size == 256);
  for (std::size_t i = 0; i < 256; ++i) REQUIRE(every_byte.content.bytes[i] == i);
  CHECK(sample("empty.txt").content.size == 0);
  CHECK(text(serve_file(sample("icons/dot.svg"), get())).starts_with("<svg xmlns="));
}

TEST_CASE("Different files have different ETags", "[web]") {
  std::set<std::string_view> etags;
  for (const auto& file : embedded_samples()) etags.insert(file.etag);
  CHECK(etags.size() == embedded_samples().size());
}

TEST_CASE("The empty path is the index, and unknown paths return null", "[web]") {
  CHECK(find_file(embedded_samples(), "") == &sample("index.html"));
  CHECK(find_file(embedded_samples(), "missing.js") == nullptr);
  CHECK(find_file(embedded_samples(), "icons") == nullptr);
  CHECK(find_file(embedded_samples(), "../index.html") == nullptr);
}

TEST_CASE("The extension determines the media type", "[web]") {
  CHECK(media_type_of_path("index.html") == "text/html; charset=utf-8");
  CHECK(media_type_of_path("a/b.c.js") == "text/javascript; charset=utf-8");
  CHECK(media_type_of_path("page.css") == "text/css; charset=utf-8");
  CHECK(media_type_of_path("icons.svg") == "image/svg+xml");
  CHECK(media_type_of_path("picture.png") == "image/png");
  CHECK(media_type_of_path("unknown.xyz") == "application/octet-stream");
  CHECK(media_type_of_path("none") == "application/octet-stream");
}

TEST_CASE("A file is served with an ETag and the page's security headers", "[web]") {
  const auto response = serve_file(sample("index.html"), get());
  CHECK(response.status == 200);
  CHECK(response.find("Content-Type") == "text/html; charset=utf-8");
  CHECK(response.find("Content-Length") == std::to_string(text(response).size()));
  CHECK(response.find("ETag") == '"' + std::string{sample("index.html").etag} + '"');
  CHECK(response.find("Cache-Control") == "no-cache");
  CHECK(response.find("X-Content-Type-Options") == "nosniff");
  CHECK(response.find("Vary") == "Accept-Encoding");
  const std::string policy{response.find("Content-Security-Policy").value_or("")};
  CHECK(policy.starts_with("default-src 'none'; script-src 'self';"));
  CHECK(policy.find("unsafe") == std::string::npos);
}

TEST_CASE("HEAD returns the header fields of GET without the body", "[web]") {
  const auto head = serve_file(sample("index.html"), get({}, "HEAD"));
  CHECK(head.fields == serve_file(sample("index.html"), get()).fields);
  CHECK(head.body == nullptr);
}

TEST_CASE("A matching If-None-Match gets a 304", "[web]") {
  const std::string etag = '"' + std::string{sample("index.html").etag} + '"';
  for (const std::string& known : {etag, "W/" + etag, "\"other\", " + etag, std::string{"*"}}) {
    CAPTURE(known);
    const auto response = serve_file(sample("index.html"), get({{"If-None-Match", known}}));
    CHECK(response.status == 304);
    CHECK(response.body == nullptr);
    CHECK(response.find("ETag") == etag);
    CHECK_FALSE(response.find("Content-Length"));
  }
  for (const std::string& other :
       {std::string{"\"other\""}, std::string{sample("index.html").etag}})
    CHECK(serve_file(sample("index.html"), get({{"If-None-Match", other}})).status == 200);
}

TEST_CASE("Text is compressed for clients that accept gzip, with a separate ETag", "[web]") {
  const auto& file = sample("index.html");
  const auto plain = serve_file(file, get());
  const auto gzip = serve_file(file, get({{"Accept-Encoding", "br;q=1, gzip"}}));
  CHECK(gzip.find("Content-Encoding") == "gzip");
  CHECK(gzip.body->size() < plain.body->size() / 2);
  CHECK(text(gzip).starts_with("\x1f\x8b"));
  CHECK(gzip.find("ETag") != plain.find("ETag"));
  const std::string known{*gzip.find("ETag")};
  CHECK(serve_file(file, get({{"If-None-Match", known}, {"Accept-Encoding", "gzip"}})).status ==
        304);
}

TEST_CASE("Compression follows Accept-Encoding", "[web]") {
  struct Case {
    const char* accept;
    bool gzip;
  };
  const Case cases[] = {{"", false},         {"identity", false},      {"gzip", true},
                        {"GZIP", true},      {"x-gzip", true},         {"gzip;q=0.5", true},
                        {"gzip;q=0", false}, {"gzip; q=0.000", false}, {"*", true},
                        {"*;q=0", false},    {"gzip;q=0, *", false},   {"*, gzip;q=0", false},
                        {"deflate", false},  {"notgzip", false}};
  for (const Case& c : cases) {
    CAPTURE(c.accept);
    const auto response = serve_file(sample("index.html"), get({{"Accept-Encoding", c.accept}}));
    CHECK(response.find("Content-Encoding").has_value() == c.gzip);
  }
}

TEST_CASE("A file that compresses badly is sent uncompressed", "[web]") {
  const auto response = serve_file(sample("every_byte.bin"), get({{"Accept-Encoding", "gzip"}}));
  CHECK_FALSE(response.find("Content-Encoding"));
  CHECK_FALSE(response.find("Vary"));
}

TEST_CASE("OPTIONS and unsupported methods return the allowed methods", "[web]") {
  const auto options = serve_file(sample("index.html"), get({}, "OPTIONS"));
  CHECK(options.status == 204);
  CHECK(options.find("Allow") == "GET, HEAD, OPTIONS");
  const auto post = serve_file(sample("index.html"), get({}, "POST"));
  CHECK(post.status == 405);
  CHECK(post.find("Allow") == "GET, HEAD, OPTIONS");
}
