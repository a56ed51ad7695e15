// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace imagegallery::faults {

/// Describes every inconsistency in a closed SQLite storage; empty if there are none. Reads the
/// file itself, not through the backend: SQLite's integrity and foreign keys, every counter against
/// its rows, every complete content against its chunks, no orphaned chunks.
[[nodiscard]] std::vector<std::string> find_inconsistencies(const std::filesystem::path& database);

/// The unused contents in a closed SQLite storage that are not swept yet.
[[nodiscard]] std::vector<std::string> find_leftovers(const std::filesystem::path& database);

}  // namespace imagegallery::faults
