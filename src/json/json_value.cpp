// SPDX-License-Identifier: Apache-2.0
#include "json/json_value.hpp"

#include <cmath>

#include "json/json_reader.hpp"

namespace imagegallery {
namespace {

JsonValue read_value(JsonReader& reader, std::size_t max_bytes, unsigned depth) {
  if (depth > JsonReader::max_depth) {
    reader.fail("nested more than " + std::to_string(JsonReader::max_depth) + " deep");
  }
  switch (reader.peek()) {
    case '"':
      return JsonValue{reader.read_string(max_bytes)};
    case 't':
      reader.read_literal("true");
      return JsonValue{true};
    case 'f':
      reader.read_literal("false");
      return JsonValue{false};
    case 'n':
      reader.read_literal("null");
      return JsonValue{};
    case '[': {
      reader.expect('[');
      JsonValue::Array array;
      if (reader.accept(']')) return JsonValue{std::move(array)};
      do {
        array.push_back(read_value(reader, max_bytes, depth + 1));
      } while (reader.accept(','));
      reader.expect(']');
      return JsonValue{std::move(array)};
    }
    case '{': {
      reader.expect('{');
      JsonValue::Object object;
      if (reader.accept('}')) return JsonValue{std::move(object)};
      do {
        auto name = reader.read_string(JsonReader::max_name_bytes);
        if (object.size() >= JsonReader::max_members) reader.fail("too many members in an object");
        for (const auto& [known, value] : object) {
          if (known == name) reader.fail("duplicate name \"" + name + "\"");
        }
        reader.expect(':');
        object.emplace_back(std::move(name), read_value(reader, max_bytes, depth + 1));
      } while (reader.accept(','));
      reader.expect('}');
      return JsonValue{std::move(object)};
    }
    default:
      return JsonValue{reader.read_number()};
  }
}

}  // namespace

std::optional<std::uint64_t> JsonValue::as_uint() const noexcept {
  constexpr double limit = 9007199254740992.0;  // 2^53: above it, doubles skip whole numbers
  const double* number = as_number();
  if (!number || *number < 0 || *number >= limit || std::floor(*number) != *number) {
    return std::nullopt;
  }
  return static_cast<std::uint64_t>(*number);
}

const JsonValue* JsonValue::find(std::string_view name) const noexcept {
  if (const auto* object = as_object()) {
    for (const auto& [known, value] : *object) {
      if (known == name) return &value;
    }
  }
  return nullptr;
}

JsonValue parse_json(std::string_view text) {
  const auto source = make_view_source(as_bytes(text));
  JsonReader reader(*source);
  auto value = read_value(reader, text.size(), 0);
  reader.expect_end();
  return value;
}

}  // namespace imagegallery
