// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace imagegallery::faults {

/// What is wrong in a closed SQLite storage, in words; empty where all is well. Looks at the file
/// itself, not through the backend: SQLite's integrity and foreign keys, every counter against what
/// it counts, every complete content against its chunks, no chunk that is nobody's.
[[nodiscard]] std::vector<std::string> find_inconsistencies(const std::filesystem::path& database);

/// The contents in a closed SQLite storage that nothing holds and that a sweep has still to take.
[[nodiscard]] std::vector<std::string> find_leftovers(const std::filesystem::path& database);

}  // namespace imagegallery::faults
