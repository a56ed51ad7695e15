// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/error.hpp>

#include <optional>
#include <string>

namespace imagegallery::conformance {

/// The code of the `Error` that `action` throws; nullopt if it does not throw.
template <typename Action>
[[nodiscard]] std::optional<ErrorCode> code_of(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  return std::nullopt;
}

/// The message of the `Error` that `action` throws; empty if it does not throw.
template <typename Action>
[[nodiscard]] std::string message_of(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace imagegallery::conformance
