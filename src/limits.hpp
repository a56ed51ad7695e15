// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/options.hpp>

#include <cstdint>

namespace imagegallery {

/// A tenant's own limits, completed by the defaults.
[[nodiscard]] Limits effective_limits(const TenantLimits& own, const Limits& defaults) noexcept;

/// Checks an image against its tenant's limits. `stored_bytes` is what the tenant stores without
/// it. Throws: `limit_exceeded`, the message naming the limit in bytes.
void check_limits(const Limits& limits, std::uint64_t image_bytes, std::uint64_t stored_bytes);

}  // namespace imagegallery
