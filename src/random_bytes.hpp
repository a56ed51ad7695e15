// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace imagegallery {

/// Fills `into` from the operating system's cryptographic generator.
/// Throws: `storage_failure` where it fails.
void fill_random(std::span<std::byte> into);

/// `length` random letters and digits of either case: about 5.95 bits each, without bias.
[[nodiscard]] std::string random_alphanumeric(std::size_t length);

}  // namespace imagegallery
