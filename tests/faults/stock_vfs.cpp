// SPDX-License-Identifier: Apache-2.0
// Replaces src/storage/sqlite_vfs.cpp in a program that shows what happens on SQLite's own VFS.
#include "storage/sqlite_vfs.hpp"

namespace imagegallery::sqlite {

std::string register_vfs(std::string_view base) { return std::string{base}; }
bool files_are_in_place(sqlite3* /*connection*/) noexcept { return true; }
int allocate_database(sqlite3* /*connection*/, std::uint64_t /*bytes*/) noexcept { return 0; }
void drop_system_cache(sqlite3* /*connection*/) noexcept {}
bool log_is_pinned(sqlite3* /*connection*/) noexcept { return false; }

}  // namespace imagegallery::sqlite
