// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imagegallery {

/// An entity tag (RFC 9110 §8.8.3).
struct EntityTag {
  std::string opaque;  ///< Without quotes.
  bool weak = false;

  friend bool operator==(const EntityTag&, const EntityTag&) = default;
};

/// As a field value: `"abc"` or `W/"abc"`.
[[nodiscard]] std::string to_string(const EntityTag& tag);

/// One entity tag and nothing else; nothing where it is malformed.
[[nodiscard]] std::optional<EntityTag> parse_entity_tag(std::string_view text);

/// What If-Match and If-None-Match list.
struct EntityTagList {
  bool any = false;  ///< "*"
  std::vector<EntityTag> tags;
};

/// Reads "*" or a list. Nothing where it is malformed or empty.
[[nodiscard]] std::optional<EntityTagList> parse_entity_tags(std::string_view text);

/// Whether an If-None-Match field value names the entity tag with this opaque part: "*", or a list
/// in which it stands, weak or not (RFC 9110 §13.1.2). A malformed list names nothing.
[[nodiscard]] bool if_none_match_matches(std::string_view field_value,
                                         std::string_view opaque) noexcept;

/// RFC 9110 §8.8.3.2: both strong, and the same.
[[nodiscard]] bool strongly_equal(const EntityTag& a, const EntityTag& b) noexcept;

/// RFC 9110 §8.8.3.2: the same, weak or not.
[[nodiscard]] bool weakly_equal(const EntityTag& a, const EntityTag& b) noexcept;

}  // namespace imagegallery
