// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/error.hpp>

#include <utility>

namespace imagegallery {

std::string_view to_string(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::invalid_argument:
      return "invalid_argument";
    case ErrorCode::permission_denied:
      return "permission_denied";
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::conflict:
      return "conflict";
    case ErrorCode::limit_exceeded:
      return "limit_exceeded";
    case ErrorCode::unsupported_format:
      return "unsupported_format";
    case ErrorCode::broken_image:
      return "broken_image";
    case ErrorCode::busy:
      return "busy";
    case ErrorCode::storage_failure:
      return "storage_failure";
    case ErrorCode::storage_full:
      return "storage_full";
    case ErrorCode::read_only:
      return "read_only";
    case ErrorCode::corrupt_data:
      return "corrupt_data";
  }
  return "unknown";
}

struct Error::State {
  ErrorCode code;
  bool retryable;
  int native_code = 0;
  int system_error = 0;
  std::string operation{};
  std::string tenant{};
  std::string key{};
};

Error::Error(ErrorCode code, const std::string& message, bool retryable)
    : std::runtime_error(message),
      state_(std::make_shared<State>(State{code, retryable || code == ErrorCode::busy})) {}

Error::~Error() = default;

ErrorCode Error::code() const noexcept { return state_->code; }

bool Error::retryable() const noexcept { return state_->retryable; }

int Error::native_code() const noexcept { return state_->native_code; }

int Error::system_error() const noexcept { return state_->system_error; }

std::string_view Error::operation() const noexcept { return state_->operation; }

std::string_view Error::tenant() const noexcept { return state_->tenant; }

std::string_view Error::key() const noexcept { return state_->key; }

Error Error::with_native(int native_code, int system_error) const {
  auto changed = std::make_shared<State>(*state_);
  changed->native_code = native_code;
  changed->system_error = system_error;
  Error copy{*this};
  copy.state_ = std::move(changed);
  return copy;
}

Error Error::with_context(std::string_view operation, std::string_view tenant,
                          std::string_view key) const {
  if (!state_->operation.empty()) return *this;
  auto changed = std::make_shared<State>(*state_);
  changed->operation = operation;
  changed->tenant = tenant;
  changed->key = key;
  Error copy{*this};
  copy.state_ = std::move(changed);
  return copy;
}

}  // namespace imagegallery
