// SPDX-License-Identifier: Apache-2.0
#include "http/http_fields.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace imagegallery {
namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

constexpr bool is_token_character(char c) {
  if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) return true;
  return c != '\0' && std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}

void skip_blanks(std::string_view text, std::size_t& at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
}

std::optional<std::string> read_quoted(std::string_view text, std::size_t& at) {
  std::string value;
  for (++at; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') {
      ++at;
      return value;
    }
    if (c == '\\' && at + 1 < text.size() && (text[at + 1] == '"' || text[at + 1] == '\\')) ++at;
    value += text[at];
  }
  return std::nullopt;
}

std::string_view read_token(std::string_view text, std::size_t& at) {
  const auto begin = at;
  while (at < text.size() && is_token_character(text[at])) ++at;
  return text.substr(begin, at - begin);
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim_blanks(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool is_token(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character);
}

std::string to_lower_ascii(std::string_view text) {
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
}

std::optional<std::string> combined_field(const HttpRequestHead& head, std::string_view name) {
  std::optional<std::string> combined;
  for (const auto& field : head.fields) {
    if (!equals_ignoring_case(field.name, name)) continue;
    if (!combined) {
      combined = field.value;
    } else {
      combined->append(", ").append(field.value);
    }
  }
  return combined;
}

std::optional<std::uint64_t> parse_decimal(std::string_view text) noexcept {
  std::uint64_t value = 0;
  const auto* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc{} || stopped != end) return std::nullopt;
  return value;
}

const std::string* ParameterizedValue::find(std::string_view name) const noexcept {
  for (const auto& parameter : parameters) {
    if (parameter.name == name) return &parameter.value;
  }
  return nullptr;
}

std::optional<ParameterizedValue> parse_parameterized(std::string_view text) {
  ParameterizedValue result;
  const auto end_of_value = text.find(';');
  result.value = to_lower_ascii(trim_blanks(text.substr(0, end_of_value)));
  if (result.value.empty()) return std::nullopt;
  auto at = std::min(end_of_value, text.size());
  while (at < text.size()) {
    if (text[at] != ';') return std::nullopt;
    skip_blanks(text, ++at);
    if (at == text.size() || text[at] == ';') continue;
    HttpField parameter{to_lower_ascii(read_token(text, at)), {}};
    if (parameter.name.empty() || at == text.size() || text[at] != '=') return std::nullopt;
    ++at;
    if (at < text.size() && text[at] == '"') {
      auto quoted = read_quoted(text, at);
      if (!quoted) return std::nullopt;
      parameter.value = std::move(*quoted);
    } else {
      parameter.value = read_token(text, at);
      if (parameter.value.empty()) return std::nullopt;
    }
    if (result.find(parameter.name) != nullptr) return std::nullopt;
    result.parameters.push_back(std::move(parameter));
    skip_blanks(text, at);
  }
  return result;
}

}  // namespace imagegallery
