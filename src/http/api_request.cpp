// SPDX-License-Identifier: Apache-2.0
#include "http/api_request.hpp"

#include <algorithm>
#include <array>

#include "http/conditional_request.hpp"
#include "http/http_fields.hpp"
#include "http/image_json.hpp"
#include "http/problem.hpp"
#include "http/representation.hpp"

namespace imagegallery {

Time ApiContext::now() const { return gallery.options().now(); }

Scope parse_scope(std::string_view text) {
  if (text == "tenant") return Scope::tenant;
  if (text == "system") return Scope::system;
  throw HttpProblem(400, "scope: must be tenant or system.");
}

std::optional<bool> parse_bool(std::string_view text) noexcept {
  if (equals_ignoring_case(text, "true")) return true;
  if (equals_ignoring_case(text, "false")) return false;
  return std::nullopt;
}

ImageRef ApiRequest::ref() const { return {parse_scope(captures.at(0)), captures.at(1)}; }

bool ApiRequest::flag(std::string_view name, bool default_value) const {
  const auto* const value = target.find(name);
  if (value == nullptr) return default_value;
  if (value->empty()) return true;
  if (const auto parsed = parse_bool(*value)) return *parsed;
  throw HttpProblem(400, std::string{name} + ": must be true or false.");
}

std::optional<std::uint64_t> ApiRequest::number(std::string_view name) const {
  const auto* const value = target.find(name);
  if (value == nullptr) return std::nullopt;
  if (const auto parsed = parse_decimal(*value)) return parsed;
  throw HttpProblem(400, std::string{name} + ": must be a whole number, 0 or more.");
}

std::string ApiRequest::text(std::string_view name) const {
  const auto* const value = target.find(name);
  return value == nullptr ? std::string{} : *value;
}

std::string body_text(const ApiRequest& request) {
  const auto bytes = read_all(*request.body);
  std::string text(bytes.size(), '\0');
  std::transform(bytes.begin(), bytes.end(), text.begin(),
                 [](std::byte byte) { return static_cast<char>(byte); });
  return text;
}

Limits limits_of(const ImageGallery& gallery, const Principal& who) {
  // All users of a tenant may read its limits; `usage` is for administrators only.
  if (who.role() == Role::tenant_user) {
    return gallery.usage(Principal::tenant_admin(who.tenant())).limits;
  }
  return gallery.usage(who).limits;
}

ImageInfo find_image(const ApiRequest& request, const ImageRef& ref) {
  if (auto info = request.api.gallery.find(request.who, ref)) return std::move(*info);
  throw to_problem(Error{ErrorCode::not_found, ""});
}

ChangeOptions change_options(const ApiRequest& request, const ImageRef& ref) {
  constexpr std::array<std::string_view, 3> conditions{"If-Match", "If-None-Match",
                                                       "If-Unmodified-Since"};
  if (std::none_of(conditions.begin(), conditions.end(),
                   [&](std::string_view name) { return request.head.find(name).has_value(); })) {
    return {};
  }
  const auto info = find_image(request, ref);
  const auto record = record_etag(info);
  const Validators validators{
      .etags = {{info.descriptor.etag}, gzip_tag(info.descriptor.etag), {record}, gzip_tag(record)},
      .last_modified = last_modified_of(info),
      .now = std::chrono::floor<std::chrono::seconds>(request.api.now())};
  if (evaluate_preconditions(request.head, validators).kind != ConditionalOutcome::Kind::proceed) {
    throw HttpProblem(412, "The image has changed: the precondition failed.");
  }
  return {.expected_revision = info.revision};
}

}  // namespace imagegallery
