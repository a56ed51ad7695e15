// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>

#include <array>
#include <cstddef>

namespace imagegallery {

using Sha256Digest = std::array<std::byte, 32>;

/// SHA-256 (FIPS 180-4).
[[nodiscard]] Sha256Digest sha256(ByteView message);

/// HMAC with SHA-256 (RFC 2104).
[[nodiscard]] Sha256Digest hmac_sha256(ByteView key, ByteView message);

/// Compares in time that depends only on the length.
[[nodiscard]] bool equal_in_constant_time(ByteView a, ByteView b) noexcept;

}  // namespace imagegallery
