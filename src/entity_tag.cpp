// SPDX-License-Identifier: Apache-2.0
#include "entity_tag.hpp"

namespace imagegallery {
namespace {

struct TagView {
  std::string_view opaque;
  bool weak = false;
};

bool is_tag_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == 0x21 || (byte >= 0x23 && byte != 0x7f);
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Parses the tag at `at` and moves `at` past it.
std::optional<TagView> read_tag(std::string_view text, std::size_t& at) {
  TagView tag;
  if (text.substr(at, 2) == "W/") {
    tag.weak = true;
    at += 2;
  }
  if (at >= text.size() || text[at] != '"') return std::nullopt;
  const auto begin = ++at;
  while (at < text.size() && is_tag_character(text[at])) ++at;
  if (at == text.size() || text[at] != '"') return std::nullopt;
  tag.opaque = text.substr(begin, at - begin);
  ++at;
  return tag;
}

// Calls `visit` with each tag of a list. Returns false if the list is malformed or empty.
template <typename Visit>
bool visit_tags(std::string_view text, Visit visit) {
  bool separated = true;
  bool empty = true;
  for (std::size_t at = 0; at < text.size();) {
    if (is_blank(text[at])) {
      ++at;
    } else if (text[at] == ',') {
      separated = true;
      ++at;
    } else {
      const auto tag = separated ? read_tag(text, at) : std::nullopt;
      if (!tag) return false;
      visit(*tag);
      separated = empty = false;
    }
  }
  return !empty;
}

}  // namespace

std::string to_string(const EntityTag& tag) {
  std::string text = tag.weak ? "W/\"" : "\"";
  text += tag.opaque;
  text += '"';
  return text;
}

std::optional<EntityTag> parse_entity_tag(std::string_view text) {
  text = without_blanks(text);
  std::size_t at = 0;
  const auto tag = read_tag(text, at);
  if (!tag || at != text.size()) return std::nullopt;
  return EntityTag{std::string{tag->opaque}, tag->weak};
}

std::optional<EntityTagList> parse_entity_tags(std::string_view text) {
  EntityTagList list;
  list.any = without_blanks(text) == "*";
  const auto append = [&](const TagView& tag) {
    list.tags.push_back({std::string{tag.opaque}, tag.weak});
  };
  if (!list.any && !visit_tags(text, append)) return std::nullopt;
  return list;
}

bool if_none_match_matches(std::string_view field_value, std::string_view opaque) noexcept {
  if (without_blanks(field_value) == "*") return true;
  bool found = false;
  const bool well_formed =
      visit_tags(field_value, [&](const TagView& tag) { found = found || tag.opaque == opaque; });
  return well_formed && found;
}

bool strongly_equal(const EntityTag& a, const EntityTag& b) noexcept {
  return !a.weak && !b.weak && a.opaque == b.opaque;
}

bool weakly_equal(const EntityTag& a, const EntityTag& b) noexcept { return a.opaque == b.opaque; }

}  // namespace imagegallery
