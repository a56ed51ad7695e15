// SPDX-License-Identifier: Apache-2.0
#include "web/page_routes.hpp"

#include "entity_tag.hpp"
#include "http/accept_encoding.hpp"
#include "http/http_fields.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace imagegallery {
namespace {

constexpr std::string_view page_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; frame-src 'self'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'";

}  // namespace

std::string_view media_type_of_path(std::string_view path) noexcept {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 13> types{{
      {"css", "text/css; charset=utf-8"},
      {"gif", "image/gif"},
      {"html", "text/html; charset=utf-8"},
      {"ico", "image/vnd.microsoft.icon"},
      {"jpg", "image/jpeg"},
      {"js", "text/javascript; charset=utf-8"},
      {"json", "application/json"},
      {"mjs", "text/javascript; charset=utf-8"},
      {"png", "image/png"},
      {"svg", "image/svg+xml"},
      {"txt", "text/plain; charset=utf-8"},
      {"webmanifest", "application/manifest+json"},
      {"woff2", "font/woff2"},
  }};
  const auto dot = path.rfind('.');
  const std::string_view extension = dot == std::string_view::npos ? "" : path.substr(dot + 1);
  for (const auto& [known, type] : types)
    if (known == extension) return type;
  return "application/octet-stream";
}

const EmbeddedFile* find_file(std::span<const EmbeddedFile> files, std::string_view path) noexcept {
  if (path.empty()) path = "index.html";
  const auto found = std::find_if(files.begin(), files.end(),
                                  [&](const EmbeddedFile& file) { return file.path == path; });
  return found == files.end() ? nullptr : &*found;
}

HttpResponse serve_file(const EmbeddedFile& file, const HttpRequestHead& head) {
  HttpResponse response;
  if (head.method != "GET" && head.method != "HEAD") {
    response.status = head.method == "OPTIONS" ? 204 : 405;
    response.fields = {{"Allow", "GET, HEAD, OPTIONS"}};
    if (response.status == 405) response.fields.push_back({"Content-Length", "0"});
    return response;
  }
  const auto accepted = combined_field(head, "Accept-Encoding");
  const bool gzip = file.gzip.bytes != nullptr && accepted && prefers_gzip(*accepted);
  const EmbeddedFile::Data data = gzip ? file.gzip : file.content;
  const EntityTag etag{std::string{file.etag} + (gzip ? "-gzip" : ""), false};
  response.fields = {{"ETag", to_string(etag)},
                     {"Cache-Control", "no-cache"},
                     {"Content-Security-Policy", std::string{page_policy}},
                     {"X-Content-Type-Options", "nosniff"},
                     {"Referrer-Policy", "same-origin"},
                     {"Cross-Origin-Opener-Policy", "same-origin"},
                     {"Cross-Origin-Resource-Policy", "same-origin"}};
  if (file.gzip.bytes != nullptr) response.fields.push_back({"Vary", "Accept-Encoding"});
  const auto known = combined_field(head, "If-None-Match");
  if (known && if_none_match_matches(*known, etag.opaque)) {
    response.status = 304;
    return response;
  }
  response.fields.push_back({"Content-Type", std::string{media_type_of_path(file.path)}});
  response.fields.push_back({"Content-Length", std::to_string(data.size)});
  if (gzip) response.fields.push_back({"Content-Encoding", "gzip"});
  if (head.method == "GET")
    response.body = make_view_source(std::as_bytes(std::span{data.bytes, data.size}));
  return response;
}

}  // namespace imagegallery
