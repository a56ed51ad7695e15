// SPDX-License-Identifier: Apache-2.0
#include "gallery/image_names.hpp"

#include <imagegallery/error.hpp>

#include <algorithm>

#include "utf8.hpp"

namespace imagegallery {
namespace {

constexpr std::size_t max_file_name_bytes = 255;
constexpr std::size_t max_title_characters = 255;
constexpr std::size_t public_key_length = 32;

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

}  // namespace

bool is_file_name(std::string_view text) noexcept {
  return !text.empty() && text.size() <= max_file_name_bytes && text != "." && text != ".." &&
         text.find_first_of("/\\") == std::string_view::npos && is_printable_utf8(text);
}

std::string checked_file_name(std::string_view field, std::string_view text) {
  if (is_file_name(text)) return std::string{text};
  throw Error(ErrorCode::invalid_argument,
              std::string{field} +
                  ": must be 1 to 255 bytes of UTF-8 without '/', '\\' and control characters");
}

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string checked_title(std::string_view text) {
  const auto title = trimmed(text);
  if (title.empty()) throw Error(ErrorCode::invalid_argument, "title: must not be blank");
  if (!is_printable_utf8(title) || count_characters(title) > max_title_characters) {
    throw Error(ErrorCode::invalid_argument,
                "title: must be at most 255 characters of UTF-8 without control characters");
  }
  return std::string{title};
}

bool is_public_key(std::string_view text) noexcept {
  return text.size() == public_key_length && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
         });
}

}  // namespace imagegallery
