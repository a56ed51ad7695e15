// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/storage/sqlite.hpp>

#include <filesystem>
#include <memory>
#include <string_view>

namespace imagegallery::sqlite {

/// As `open_sqlite`, with files read and written by the SQLite VFS of that name: for tests of a
/// disk that fails.
[[nodiscard]] std::unique_ptr<StorageBackend> open_sqlite_on(const std::filesystem::path& path,
                                                             const SqliteOptions& options,
                                                             std::string_view vfs);

}  // namespace imagegallery::sqlite
