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

/// Formats a tag as a field value: `"abc"` or `W/"abc"`.
[[nodiscard]] std::string to_string(const EntityTag& tag);

/// Parses a single entity tag; nullopt if malformed.
[[nodiscard]] std::optional<EntityTag> parse_entity_tag(std::string_view text);

/// The value of If-Match or If-None-Match.
struct EntityTagList {
  bool any = false;  ///< "*"
  std::vector<EntityTag> tags;
};

/// Parses "*" or a list of tags; nullopt if malformed or empty.
[[nodiscard]] std::optional<EntityTagList> parse_entity_tags(std::string_view text);

/// Whether an If-None-Match field value matches the entity tag with this opaque part: it is "*", or
/// a list that contains the tag, weak or strong (RFC 9110 §13.1.2). A malformed list matches
/// nothing.
[[nodiscard]] bool if_none_match_matches(std::string_view field_value,
                                         std::string_view opaque) noexcept;

/// Strong comparison (RFC 9110 §8.8.3.2): both are strong and the opaque parts are equal.
[[nodiscard]] bool strongly_equal(const EntityTag& a, const EntityTag& b) noexcept;

/// Weak comparison (RFC 9110 §8.8.3.2): the opaque parts are equal.
[[nodiscard]] bool weakly_equal(const EntityTag& a, const EntityTag& b) noexcept;

}  // namespace imagegallery
