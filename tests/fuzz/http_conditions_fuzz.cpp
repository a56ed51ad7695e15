// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/accept_encoding.hpp"
#include "http/conditional_request.hpp"
#include "http/http_fields.hpp"

namespace {

using namespace imagegallery;

void check(bool holds) {
  if (!holds) std::abort();
}

// Each line is the value of one field, in the order of `names`.
HttpRequestHead head_of(std::string_view text) {
  constexpr std::string_view names[] = {
      "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Range"};
  HttpRequestHead head{"GET", "/", {}};
  for (const auto name : names) {
    const auto end = text.find('\n');
    const auto value = text.substr(0, end);
    if (!value.empty()) head.fields.push_back({std::string{name}, std::string{value}});
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return head;
}

void check_conditions(std::string_view text) {
  auto head = head_of(text);
  const Validators validators{.etags = {{"a-gz", false}, {"a", false}},
                              .last_modified = std::chrono::sys_seconds{},
                              .now = std::chrono::sys_seconds{std::chrono::hours{1}}};
  const auto get = evaluate_preconditions(head, validators);
  check(get.etag < validators.etags.size());
  check(!get.range_applies ||
        (head.find("Range") && get.kind == ConditionalOutcome::Kind::proceed));
  head.method = "PUT";
  const auto put = evaluate_preconditions(head, validators);
  check(put.kind != ConditionalOutcome::Kind::not_modified && !put.range_applies);
}

void check_tags(std::string_view text) {
  if (const auto tag = parse_entity_tag(text)) check(parse_entity_tag(to_string(*tag)) == tag);
  const auto list = parse_entity_tags(text);
  check(!list || list->any != !list->tags.empty());
  const bool lists_it = list && std::any_of(list->tags.begin(), list->tags.end(),
                                            [](const EntityTag& tag) { return tag.opaque == "a"; });
  check(if_none_match_matches(text, "a") == (list && (list->any || lists_it)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  check_conditions(text);
  check_tags(text);
  (void)prefers_gzip(text);
  (void)parse_parameterized(text);
  return 0;
}
