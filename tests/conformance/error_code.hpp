// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/error.hpp>

#include <optional>
#include <string>

namespace imagegallery::conformance {

/// The code of the `Error` that `action` throws; nothing when it throws nothing.
template <typename Action>
[[nodiscard]] std::optional<ErrorCode> code_of(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  return std::nullopt;
}

/// The words of the `Error` that `action` throws; empty when it throws nothing.
template <typename Action>
[[nodiscard]] std::string words_of(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace imagegallery::conformance
