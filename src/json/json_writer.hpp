// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace imagegallery {

/// Writes one JSON text (RFC 8259) without white space. The caller must follow the grammar: a name
/// before each member's value, an end for each begin. In text that is not UTF-8, U+FFFD replaces
/// each invalid byte.
class JsonWriter {
 public:
  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();

  JsonWriter& name(std::string_view name);

  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view{text}); }
  JsonWriter& value(bool value);
  JsonWriter& value(std::int64_t value);
  JsonWriter& value(std::uint64_t value);
  JsonWriter& value(std::uint32_t value) { return this->value(std::uint64_t{value}); }
  JsonWriter& value(int value) { return this->value(std::int64_t{value}); }
  JsonWriter& null();

  /// Writes a member: a name and its value.
  template <typename Value>
  JsonWriter& member(std::string_view member_name, const Value& member_value) {
    name(member_name);
    return value(member_value);
  }

  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] std::string take() noexcept { return std::move(text_); }

 private:
  void before_value();

  std::string text_;
  bool needs_comma_ = false;
};

/// Appends `text` as a JSON string, quotes included.
void append_json_string(std::string& json, std::string_view text);

}  // namespace imagegallery
