// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace imagegallery {

/// A parsed JSON value, for small request bodies. Not used for image documents.
class JsonValue {
 public:
  using Array = std::vector<JsonValue>;
  using Object = std::vector<std::pair<std::string, JsonValue>>;  ///< In order; names are unique.

  JsonValue() = default;
  explicit JsonValue(bool value) : value_(value) {}
  explicit JsonValue(double value) : value_(value) {}
  explicit JsonValue(std::string value) : value_(std::move(value)) {}
  explicit JsonValue(Array value) : value_(std::move(value)) {}
  explicit JsonValue(Object value) : value_(std::move(value)) {}

  [[nodiscard]] bool is_null() const noexcept {
    return std::holds_alternative<std::monostate>(value_);
  }

  // Each returns null if the value has another type.
  [[nodiscard]] const bool* as_bool() const noexcept { return std::get_if<bool>(&value_); }
  [[nodiscard]] const double* as_number() const noexcept { return std::get_if<double>(&value_); }
  [[nodiscard]] const std::string* as_string() const noexcept {
    return std::get_if<std::string>(&value_);
  }
  [[nodiscard]] const Array* as_array() const noexcept { return std::get_if<Array>(&value_); }
  [[nodiscard]] const Object* as_object() const noexcept { return std::get_if<Object>(&value_); }

  /// The number if it is whole, not negative and below 2^53; nullopt otherwise.
  [[nodiscard]] std::optional<std::uint64_t> as_uint() const noexcept;

  /// The member of an object; null if absent or if this is not an object.
  [[nodiscard]] const JsonValue* find(std::string_view name) const noexcept;

 private:
  std::variant<std::monostate, bool, double, std::string, Array, Object> value_;
};

/// Parses one JSON text, strictly: RFC 8259, UTF-8 without a byte order mark, no duplicate names,
/// no trailing text, nested at most 64 deep.
/// Throws: `invalid_argument` with the byte offset and the reason.
[[nodiscard]] JsonValue parse_json(std::string_view text);

}  // namespace imagegallery
