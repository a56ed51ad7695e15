// SPDX-License-Identifier: Apache-2.0
#include "limits.hpp"

#include <imagegallery/error.hpp>

#include <string>

namespace imagegallery {

Limits effective_limits(const TenantLimits& own, const Limits& defaults) noexcept {
  return {.max_image_bytes = own.max_image_bytes.value_or(defaults.max_image_bytes),
          .max_total_bytes = own.max_total_bytes.value_or(defaults.max_total_bytes)};
}

void check_limits(const Limits& limits, std::uint64_t image_bytes, std::uint64_t stored_bytes) {
  if (limits.max_image_bytes != 0 && image_bytes > limits.max_image_bytes) {
    throw Error(ErrorCode::limit_exceeded, "The image of " + std::to_string(image_bytes) +
                                               " bytes exceeds the maximum size of " +
                                               std::to_string(limits.max_image_bytes) + " bytes");
  }
  if (limits.max_total_bytes != 0 && (stored_bytes > limits.max_total_bytes ||
                                      image_bytes > limits.max_total_bytes - stored_bytes)) {
    throw Error(ErrorCode::limit_exceeded, "The image of " + std::to_string(image_bytes) +
                                               " bytes and the " + std::to_string(stored_bytes) +
                                               " bytes stored exceed the maximum total of " +
                                               std::to_string(limits.max_total_bytes) + " bytes");
  }
}

}  // namespace imagegallery
