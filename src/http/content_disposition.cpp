// SPDX-License-Identifier: Apache-2.0
#include "http/content_disposition.hpp"

#include <algorithm>

#include "http/http_fields.hpp"
#include "http/problem.hpp"
#include "percent_encoding.hpp"
#include "utf8.hpp"

namespace imagegallery {
namespace {

bool is_printable_ascii(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7f;
}

// RFC 6266 appendix D: some recipients decode %XX, some treat a backslash as a path separator.
bool is_unambiguous(char c) {
  return is_printable_ascii(c) && c != '"' && c != '\\' && c != '%' && c != '/';
}

}  // namespace

std::string content_disposition(std::string_view disposition, std::string_view file_name) {
  std::string plain;
  for (std::size_t at = 0; at < file_name.size();) {
    const char c = file_name[at];
    plain += is_unambiguous(c) ? c : '_';
    if (!next_character(file_name, at)) ++at;
  }
  std::string field{disposition};
  field.append("; filename=\"").append(plain).append("\"");
  if (plain != file_name && is_utf8(file_name)) {
    field.append("; filename*=UTF-8''").append(percent_encode(file_name));
  }
  return field;
}

std::string field_safe_name(std::string_view file_name) {
  std::string safe;
  for (const char c : file_name) {
    if (is_printable_ascii(c) && c != '%') {
      safe += c;
    } else {
      safe += percent_encode(std::string_view{&c, 1});
    }
  }
  return safe;
}

std::string client_file_name(std::string_view name) {
  if (!is_printable_utf8(name)) {
    throw HttpProblem(400, "file name: must be UTF-8 without control characters.");
  }
  const auto separator = name.find_last_of("/\\");
  if (separator != std::string_view::npos) name.remove_prefix(separator + 1);
  if (name.empty() || name == "." || name == "..") {
    throw HttpProblem(400, "file name: must name a file.");
  }
  return std::string{name};
}

std::string decode_extended_value(std::string_view value) {
  const auto charset_end = value.find('\'');
  const auto language_end =
      charset_end == std::string_view::npos ? charset_end : value.find('\'', charset_end + 1);
  if (language_end == std::string_view::npos) {
    throw HttpProblem(400, "filename*: must be of the form charset'language'name.");
  }
  const auto decoded = percent_decode(value.substr(language_end + 1));
  if (!decoded) throw HttpProblem(400, "filename*: must have two hexadecimal digits after each %.");
  const auto charset = value.substr(0, charset_end);
  if (equals_ignoring_case(charset, "UTF-8")) {
    if (!is_utf8(*decoded)) throw HttpProblem(400, "filename*: must be UTF-8.");
    return *decoded;
  }
  if (!equals_ignoring_case(charset, "ISO-8859-1")) {
    throw HttpProblem(400, "filename*: must be in UTF-8 or ISO-8859-1.");
  }
  std::string text;
  for (const char c : *decoded) append_utf8(text, static_cast<unsigned char>(c));
  return text;
}

}  // namespace imagegallery
