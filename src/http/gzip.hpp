// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>

#include <cstdint>
#include <memory>

namespace imagegallery {

/// What is smaller gains nothing, what is larger would hold memory and a processor for too long.
inline constexpr std::uint64_t min_gzip_bytes = 512;
inline constexpr std::uint64_t max_gzip_bytes = 4u << 20;

/// The content in gzip coding (RFC 1952), always the same for the same bytes; null where that would
/// not be smaller. `content` is within the two sizes above.
/// Throws: what `content` throws.
[[nodiscard]] std::shared_ptr<const ByteSource> gzip(const ByteSource& content);

}  // namespace imagegallery
