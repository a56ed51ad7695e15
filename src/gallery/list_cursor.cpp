// SPDX-License-Identifier: Apache-2.0
#include "gallery/list_cursor.hpp"

#include <imagegallery/error.hpp>

#include <charconv>

namespace imagegallery {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

std::string to_hex(std::string_view text) {
  std::string hex;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    hex += hex_digits[byte >> 4];
    hex += hex_digits[byte & 0x0f];
  }
  return hex;
}

std::optional<std::string> from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string text;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const auto high = hex_digits.find(hex[i]);
    const auto low = hex_digits.find(hex[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    text += static_cast<char>(static_cast<unsigned char>(high << 4 | low));
  }
  return text;
}

// The kind of list that a cursor belongs to: sort key and direction.
std::string kind_of(const ListQuery& query) {
  std::string kind;
  switch (query.sort_by) {
    case SortBy::created_at:
      kind = "c";
      break;
    case SortBy::title:
      kind = "t";
      break;
    case SortBy::size:
      kind = "s";
      break;
    case SortBy::id:
      kind = "i";
      break;
  }
  return kind + (query.sort_order == SortOrder::ascending ? "a" : "d");
}

}  // namespace

// Format: kind _ id [_ number | _ folded title in hex]
std::string encode_cursor(const ListQuery& query, const ImageRecord& last) {
  std::string cursor = kind_of(query) + '_' + last.id.to_string();
  switch (query.sort_by) {
    case SortBy::created_at:
      return cursor + '_' + std::to_string(last.created_at.time_since_epoch().count());
    case SortBy::size:
      return cursor + '_' + std::to_string(last.descriptor.size);
    case SortBy::title:
      return cursor + '_' + to_hex(last.folded_title);
    case SortBy::id:
      break;
  }
  return cursor;
}

ListPosition decode_cursor(const ListQuery& query) {
  const auto fail = [] {
    return Error(ErrorCode::invalid_argument, "cursor: belongs to another list");
  };
  constexpr std::size_t id_length = 36;
  std::string_view rest = query.cursor;
  const auto kind = kind_of(query) + '_';
  if (!rest.starts_with(kind)) throw fail();
  rest.remove_prefix(kind.size());
  const auto id = ImageId::parse(rest.substr(0, id_length));
  if (!id) throw fail();
  ListPosition position{.number = 0, .title = {}, .id = *id};
  rest.remove_prefix(id_length);
  if (query.sort_by == SortBy::id) {
    if (!rest.empty()) throw fail();
    return position;
  }
  if (!rest.starts_with('_')) throw fail();
  rest.remove_prefix(1);
  if (query.sort_by == SortBy::title) {
    auto title = from_hex(rest);
    if (!title) throw fail();
    position.title = std::move(*title);
    return position;
  }
  const auto* const end = rest.data() + rest.size();
  const auto [stop, error] = std::from_chars(rest.data(), end, position.number);
  if (error != std::errc{} || stop != end) throw fail();
  return position;
}

}  // namespace imagegallery
