// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/options.hpp>

#include <cstdint>

namespace imagegallery {

/// A tenant's own limits, with the defaults for those that are unset.
[[nodiscard]] Limits effective_limits(const TenantLimits& own, const Limits& defaults) noexcept;

/// Checks an image against its tenant's limits. `stored_bytes` is the tenant's total without the
/// image. Throws: `limit_exceeded`; the message states the limit in bytes.
void check_limits(const Limits& limits, std::uint64_t image_bytes, std::uint64_t stored_bytes);

}  // namespace imagegallery
