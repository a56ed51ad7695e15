// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace imagegallery::sqlite {

/// Asks the system to drop its cached pages of a database file and of its log, so that the next
/// read comes from the disk. Only a hint: pages that are not written back yet stay.
void forget_cached_pages(const std::filesystem::path& database) noexcept;

}  // namespace imagegallery::sqlite
