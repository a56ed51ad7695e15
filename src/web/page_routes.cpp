// SPDX-License-Identifier: Apache-2.0
#include "web/page_routes.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

namespace imagegallery {
namespace {

constexpr std::string_view page_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; frame-src 'self'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'";

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string_view trimmed(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Calls `visit` with each trimmed member of a comma-separated list.
template <typename Visit>
void for_each_member(std::string_view list, Visit visit) {
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    visit(trimmed(list.substr(0, end)));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

bool accepts_gzip(const HttpRequestHead& head) {
  bool gzip = false;
  bool named = false;
  for_each_member(head.find("Accept-Encoding").value_or(""), [&](std::string_view member) {
    const auto semicolon = std::min(member.find(';'), member.size());
    std::string coding{trimmed(member.substr(0, semicolon))};
    std::transform(coding.begin(), coding.end(), coding.begin(), lower);
    const bool is_gzip = coding == "gzip" || coding == "x-gzip";
    if (!is_gzip && (coding != "*" || named)) return;
    std::string weight{member.substr(semicolon)};
    std::erase_if(weight, [](char c) { return c == ' ' || c == '\t'; });
    // A weight of nothing but zeros refuses (RFC 9110 §12.4.2).
    const bool refused = (weight.starts_with(";q=0") || weight.starts_with(";Q=0")) &&
                         weight.find_first_of("123456789") == std::string::npos;
    gzip = !refused;
    named = named || is_gzip;
  });
  return gzip;
}

/// Our ETags hold no comma, so splitting at commas can only fail to match, never match wrongly.
bool matches(std::string_view if_none_match, std::string_view quoted_etag) {
  bool match = false;
  for_each_member(if_none_match, [&](std::string_view member) {
    if (member.starts_with("W/")) member.remove_prefix(2);
    match = match || member == "*" || member == quoted_etag;
  });
  return match;
}

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
  const bool gzip = file.gzip.bytes != nullptr && accepts_gzip(head);
  const EmbeddedFile::Data data = gzip ? file.gzip : file.content;
  const std::string etag = '"' + std::string{file.etag} + (gzip ? "-gzip\"" : "\"");
  response.fields = {{"ETag", etag},
                     {"Cache-Control", "no-cache"},
                     {"Content-Security-Policy", std::string{page_policy}},
                     {"X-Content-Type-Options", "nosniff"},
                     {"Referrer-Policy", "same-origin"},
                     {"Cross-Origin-Opener-Policy", "same-origin"},
                     {"Cross-Origin-Resource-Policy", "same-origin"}};
  if (file.gzip.bytes != nullptr) response.fields.push_back({"Vary", "Accept-Encoding"});
  if (const auto known = head.find("If-None-Match"); known && matches(*known, etag)) {
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
