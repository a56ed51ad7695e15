// SPDX-License-Identifier: Apache-2.0
#include "http/conditional_request.hpp"

#include <algorithm>
#include <string_view>

#include "http/http_date.hpp"
#include "http/http_fields.hpp"

namespace imagegallery {
namespace {

using Kind = ConditionalOutcome::Kind;

bool matches_if_match(std::string_view field, const Validators& validators) {
  const auto list = parse_entity_tags(field);
  if (!list) return false;
  if (list->any) return true;
  return std::any_of(list->tags.begin(), list->tags.end(), [&](const EntityTag& listed) {
    return std::any_of(validators.etags.begin(), validators.etags.end(),
                       [&](const EntityTag& own) { return strongly_equal(listed, own); });
  });
}

// The index of the first own tag in the list.
std::optional<std::size_t> listed_in_if_none_match(std::string_view field,
                                                   const Validators& validators) {
  const auto list = parse_entity_tags(field);
  if (!list) return std::nullopt;
  if (list->any) return 0;
  for (std::size_t i = 0; i < validators.etags.size(); ++i) {
    for (const auto& listed : list->tags) {
      if (weakly_equal(listed, validators.etags[i])) return i;
    }
  }
  return std::nullopt;
}

bool if_range_holds(std::string_view field, const Validators& validators) {
  if (const auto tag = parse_entity_tag(field)) {
    return strongly_equal(*tag, validators.etags.front());
  }
  const auto date = parse_http_date(trim_blanks(field), validators.now);
  return date && date == validators.last_modified;
}

}  // namespace

ConditionalOutcome evaluate_preconditions(const HttpRequestHead& head,
                                          const Validators& validators) {
  const bool get = head.method == "GET";
  const bool reading = get || head.method == "HEAD";
  const auto date_of = [&](std::string_view name) -> std::optional<std::chrono::sys_seconds> {
    const auto field = head.find(name);
    if (!field || !validators.last_modified) return std::nullopt;
    return parse_http_date(trim_blanks(*field), validators.now);
  };

  if (const auto if_match = combined_field(head, "If-Match")) {
    if (!matches_if_match(*if_match, validators)) return {Kind::precondition_failed, 0, false};
  } else if (const auto date = date_of("If-Unmodified-Since")) {
    if (*validators.last_modified > *date) return {Kind::precondition_failed, 0, false};
  }

  if (const auto if_none_match = combined_field(head, "If-None-Match")) {
    if (const auto listed = listed_in_if_none_match(*if_none_match, validators)) {
      return {reading ? Kind::not_modified : Kind::precondition_failed, *listed, false};
    }
  } else if (const auto date = date_of("If-Modified-Since"); date && reading) {
    if (*validators.last_modified <= *date) return {Kind::not_modified, 0, false};
  }

  if (!get || !head.find("Range")) return {};
  const auto if_range = head.find("If-Range");
  return {Kind::proceed, 0, !if_range || if_range_holds(*if_range, validators)};
}

std::chrono::sys_seconds last_modified_of(const ImageInfo& info) {
  const auto second = std::chrono::floor<std::chrono::seconds>(info.updated_at);
  return info.updated_at == info.created_at ? second : second + std::chrono::seconds{1};
}

}  // namespace imagegallery
