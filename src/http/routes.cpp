// SPDX-License-Identifier: Apache-2.0
#include "http/routes.hpp"

#include <algorithm>
#include <array>

#include "http/route_functions.hpp"

namespace imagegallery {
namespace {

// Specific patterns come before general ones; routes of one pattern are adjacent.
constexpr std::array route_table{
    Route{"POST", "/api/image", Access::admin, BodyKind::image, WorkKind::decode, create_image,
          "createImage", "Stores a new image.", "fileName title imageSubType public"},
    Route{"PUT", "/api/image/import", Access::admin, BodyKind::document, WorkKind::decode,
          import_image, "importImage", "Stores an exported image.", "onConflict"},
    Route{"GET", "/api/images", Access::admin, BodyKind::none, WorkKind::storage, list_images,
          "listImages", "Lists a page of images.",
          "pageSize page cursor textSearch sortProperty sortOrder imageSubType "
          "includeSystemImages"},
    Route{"POST", "/api/images/delete", Access::admin, BodyKind::json, WorkKind::bulk,
          delete_images, "deleteImages", "Deletes images and returns the outcome of each.",
          "force"},
    Route{"GET", "/api/images/public/{publicResourceKey}", Access::anybody, BodyKind::none,
          WorkKind::storage, read_public_image, "readPublicImage",
          "Returns the bytes of a public image.", "v"},
    Route{"GET", "/api/images/signed/{token}", Access::anybody, BodyKind::none, WorkKind::storage,
          read_signed_image, "readSignedImage",
          "Returns the bytes of an image or preview by an expiring link.", "v"},
    Route{"GET", "/api/images/{scope}/{key}", Access::member, BodyKind::none, WorkKind::storage,
          read_image, "readImage", "Returns the bytes of an image.", "v"},
    Route{"PUT", "/api/images/{scope}/{key}", Access::owner, BodyKind::image, WorkKind::decode,
          replace_image, "replaceImage", "Replaces the bytes of an image.", "fileName"},
    Route{"DELETE", "/api/images/{scope}/{key}", Access::owner, BodyKind::none, WorkKind::storage,
          delete_image, "deleteImage", "Deletes an image.", "force"},
    Route{"GET", "/api/images/{scope}/{key}/preview", Access::member, BodyKind::none,
          WorkKind::storage, read_preview, "readPreview", "Returns the bytes of a preview.",
          "preset v"},
    Route{"GET", "/api/images/{scope}/{key}/info", Access::admin, BodyKind::none, WorkKind::storage,
          read_info, "readInfo", "Returns the metadata of an image.", ""},
    Route{"PUT", "/api/images/{scope}/{key}/info", Access::owner, BodyKind::json, WorkKind::storage,
          rename_image, "renameImage", "Changes the title of an image.", ""},
    Route{"GET", "/api/images/{scope}/{key}/export", Access::admin, BodyKind::none, WorkKind::bulk,
          export_image, "exportImage", "Exports an image as a JSON document, bytes included.", ""},
    Route{"PUT", "/api/images/{scope}/{key}/public/{isPublic}", Access::owner, BodyKind::none,
          WorkKind::storage, publish_image, "publishImage", "Makes an image public or private.",
          ""},
    Route{"POST", "/api/images/{scope}/{key}/signed-link", Access::admin, BodyKind::json,
          WorkKind::storage, sign_link, "signLink", "Creates an expiring link to an image.", ""},
    Route{"GET", "/api/images/{scope}/{key}/references", Access::admin, BodyKind::none,
          WorkKind::storage, list_references, "listReferences",
          "Lists the entities that use an image.", ""},
    Route{"PUT", "/api/images/{scope}/{key}/references/{entityType}/{entityId}", Access::admin,
          BodyKind::json, WorkKind::storage, attach_use, "attachReference",
          "Records that an entity uses an image.", ""},
    Route{"DELETE", "/api/images/{scope}/{key}/references/{entityType}/{entityId}", Access::admin,
          BodyKind::none, WorkKind::storage, detach_use, "detachReference", "Removes that record.",
          ""},
    Route{"GET", "/api/system/params", Access::member, BodyKind::none, WorkKind::storage,
          system_params, "systemParams", "Returns the limits of uploads.", ""},
    Route{"GET", "/api/limits/{tenant}", Access::system_admin, BodyKind::none, WorkKind::storage,
          read_limits, "readLimits", "Returns the usage and limits of a tenant.", ""},
    Route{"PUT", "/api/limits/{tenant}", Access::system_admin, BodyKind::json, WorkKind::storage,
          set_limits, "setLimits", "Replaces a tenant's own limits.", ""},
    Route{"GET", "/api/openapi.json", Access::anybody, BodyKind::none, WorkKind::light,
          describe_api, "describeApi", "Returns this description.", ""},
    Route{"GET", "/healthz", Access::anybody, BodyKind::none, WorkKind::light, check_health,
          "checkHealth", "Checks that the storage responds.", ""},
    Route{"GET", "/metrics", Access::scraper, BodyKind::none, WorkKind::storage, read_metrics,
          "readMetrics", "Returns the metrics as Prometheus text.", ""},
};

bool is_name(std::string_view segment) { return segment.starts_with('{'); }

// Calls `visit` with each segment of the pattern and of the path; false if the path does not match.
template <typename Visit>
bool matches(std::string_view pattern, std::span<const std::string> segments, Visit visit) {
  for (const auto& segment : segments) {
    if (pattern.empty()) return false;
    pattern.remove_prefix(1);
    const auto expected = pattern.substr(0, pattern.find('/'));
    pattern.remove_prefix(expected.size());
    if (is_name(expected) ? segment.empty() : segment != expected) return false;
    visit(expected, segment);
  }
  return pattern.empty();
}

}  // namespace

std::span<const Route> routes() noexcept { return route_table; }

const Route* RouteMatch::find(std::string_view method) const noexcept {
  if (method == "HEAD") method = "GET";
  for (const auto& route : routes) {
    if (route.method == method) return &route;
  }
  return nullptr;
}

std::string RouteMatch::allow() const {
  std::string methods;
  for (const auto& route : routes) {
    methods.append(route.method).append(", ");
    if (route.method == "GET") methods.append("HEAD, ");
  }
  return methods + "OPTIONS";
}

RouteMatch match_path(std::span<const std::string> segments) {
  const auto ignore = [](std::string_view, const std::string&) {};
  const auto first = std::find_if(route_table.begin(), route_table.end(), [&](const Route& route) {
    return matches(route.pattern, segments, ignore);
  });
  if (first == route_table.end()) return {};
  const auto last = std::find_if(first, route_table.end(), [&](const Route& route) {
    return route.pattern != first->pattern;
  });
  RouteMatch match{.routes = {first, last}, .captures = {}};
  (void)matches(first->pattern, segments,
                [&](std::string_view expected, const std::string& segment) {
                  if (is_name(expected)) match.captures.push_back(segment);
                });
  return match;
}

}  // namespace imagegallery
