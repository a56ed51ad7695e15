// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>

#include <cstdint>

/// A valid PNG of that size. Deterministic: equal arguments return equal bytes, different seeds
/// different bytes. `noisy` pixels compress badly: about three bytes each.
[[nodiscard]] imagegallery::Bytes make_test_png(std::uint32_t width, std::uint32_t height,
                                                std::uint32_t seed = 1, bool noisy = false);
