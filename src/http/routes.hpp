// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/http.hpp>
#include <imagegallery/principal.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/api_request.hpp"

namespace imagegallery {

/// Who may use a route.
enum class Access {
  anybody,
  member,  ///< Any authenticated user.
  admin,   ///< Administrators of a tenant or of the system.
  owner,   ///< Like `admin`, but system images only for system administrators.
  system_admin,
  scraper,  ///< System administrators; anybody if `HttpOptions::public_metrics`.
};

/// The body that a route accepts.
enum class BodyKind {
  none,
  image,     ///< A form or a raw image.
  document,  ///< An exported image.
  json,
};

/// One method of one path.
struct Route {
  std::string_view method;
  std::string_view pattern;  ///< Segments; {name} captures one.
  Access access = Access::anybody;
  BodyKind body = BodyKind::none;
  WorkKind work = WorkKind::storage;  ///< Of an import: of a large one.
  HttpResponse (*run)(const ApiRequest&) = nullptr;
  std::string_view operation;  ///< The OpenAPI operationId.
  std::string_view summary;
  std::string_view query;  ///< The names of its query parameters, separated by spaces.
};

/// All routes; those of one pattern are adjacent. If a path matches two patterns, the first wins.
[[nodiscard]] std::span<const Route> routes() noexcept;

/// The routes of a path, one for each method, and the captured segments.
struct RouteMatch {
  std::span<const Route> routes;  ///< Empty if there is no such path.
  std::vector<std::string> captures;

  /// HEAD finds the GET route.
  [[nodiscard]] const Route* find(std::string_view method) const noexcept;

  /// The Allow field, such as "GET, HEAD, OPTIONS".
  [[nodiscard]] std::string allow() const;
};

[[nodiscard]] RouteMatch match_path(std::span<const std::string> segments);

}  // namespace imagegallery
