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
  member,  ///< Tenants' users, too.
  admin,   ///< Administrators: of a tenant or of the system.
  owner,   ///< Administrators, of a tenant not with system images.
  system_admin,
  scraper,  ///< System administrators; anybody where `HttpOptions::public_metrics` says so.
};

/// What a route takes.
enum class BodyKind {
  none,
  image,     ///< A form, or the image itself.
  document,  ///< An exported image.
  json,
};

/// One method of one path.
struct Route {
  std::string_view method;
  std::string_view pattern;  ///< Segments, some of them {names}.
  Access access = Access::anybody;
  BodyKind body = BodyKind::none;
  HttpResponse (*run)(const ApiRequest&) = nullptr;
  std::string_view operation;  ///< Its name in the API's description.
  std::string_view summary;
  std::string_view query;  ///< The names of the parameters that it knows, with spaces between.
};

/// All of them; those of one pattern stand together. Of two patterns that a path fits, the one that
/// stands first counts.
[[nodiscard]] std::span<const Route> routes() noexcept;

/// The routes of a path, one for each method, and what stands for the pattern's names.
struct RouteMatch {
  std::span<const Route> routes;  ///< Empty where there is no such path.
  std::vector<std::string> captures;

  /// HEAD finds what GET does.
  [[nodiscard]] const Route* find(std::string_view method) const noexcept;

  /// For the Allow field, such as "GET, HEAD, OPTIONS".
  [[nodiscard]] std::string allow() const;
};

[[nodiscard]] RouteMatch match_path(std::span<const std::string> segments);

}  // namespace imagegallery
