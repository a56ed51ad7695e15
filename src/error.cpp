// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/error.hpp>

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
    case ErrorCode::corrupt_data:
      return "corrupt_data";
  }
  return "unknown";
}

Error::Error(ErrorCode code, const std::string& message, bool retryable)
    : std::runtime_error(message), code_(code), retryable_(retryable || code == ErrorCode::busy) {}

Error::~Error() = default;

}  // namespace imagegallery
