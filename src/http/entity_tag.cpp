// SPDX-License-Identifier: Apache-2.0
#include "http/entity_tag.hpp"

#include <utility>

#include "http/http_fields.hpp"

namespace imagegallery {
namespace {

bool is_tag_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == 0x21 || (byte >= 0x23 && byte != 0x7f);
}

// Reads one tag at `at` and moves behind it.
std::optional<EntityTag> read_tag(std::string_view text, std::size_t& at) {
  EntityTag tag;
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

}  // namespace

std::string to_string(const EntityTag& tag) {
  std::string text = tag.weak ? "W/\"" : "\"";
  text += tag.opaque;
  text += '"';
  return text;
}

std::optional<EntityTag> parse_entity_tag(std::string_view text) {
  text = trim_blanks(text);
  std::size_t at = 0;
  auto tag = read_tag(text, at);
  if (at != text.size()) return std::nullopt;
  return tag;
}

std::optional<EntityTagList> parse_entity_tags(std::string_view text) {
  EntityTagList list;
  if (trim_blanks(text) == "*") {
    list.any = true;
    return list;
  }
  bool separated = true;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == ' ' || c == '\t') {
      ++at;
    } else if (c == ',') {
      separated = true;
      ++at;
    } else {
      auto tag = separated ? read_tag(text, at) : std::nullopt;
      if (!tag) return std::nullopt;
      list.tags.push_back(std::move(*tag));
      separated = false;
    }
  }
  if (list.tags.empty()) return std::nullopt;
  return list;
}

bool strongly_equal(const EntityTag& a, const EntityTag& b) noexcept {
  return !a.weak && !b.weak && a.opaque == b.opaque;
}

bool weakly_equal(const EntityTag& a, const EntityTag& b) noexcept { return a.opaque == b.opaque; }

}  // namespace imagegallery
