// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace imagegallery {

/// Fills `into` from the operating system's cryptographic random number generator.
/// Throws: `storage_failure` if it fails.
void fill_random(std::span<std::byte> into);

/// Returns `length` random ASCII letters and digits: about 5.95 bits each, without bias.
[[nodiscard]] std::string random_alphanumeric(std::size_t length);

}  // namespace imagegallery
