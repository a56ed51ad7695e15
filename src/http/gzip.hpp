// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>

#include <cstdint>
#include <memory>

namespace imagegallery {

/// Smaller content gains nothing; larger content takes too much memory and CPU time.
inline constexpr std::uint64_t min_gzip_bytes = 512;
inline constexpr std::uint64_t max_gzip_bytes = 4u << 20;

/// The gzipped content (RFC 1952), deterministic; null if that is not smaller. The size of
/// `content` must be within the two limits above.
/// Throws: any error of `content`.
[[nodiscard]] std::shared_ptr<const ByteSource> gzip(const ByteSource& content);

}  // namespace imagegallery
