// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

struct sqlite3;

namespace imagegallery::sqlite {

/// The VFS that ours is built on, if nobody asks for another: SQLite's own for Unix.
inline constexpr std::string_view base_vfs = "unix";

/// Registers a VFS over the VFS named `base` and returns its name: "imagegallery-" + `base`, and a
/// number if another copy of this library has registered that. Calling it again returns the same
/// name.
///
/// Its locks belong to the open file description of one connection (fcntl(2), F_OFD_SETLK), not to
/// the process. POSIX drops a process's locks on a file as soon as any of its descriptors for that
/// file is closed: a host that copies or hashes the database once would unlock it under its
/// writers. These locks conflict with the POSIX locks of other programs as those do with each
/// other, so stock SQLite can share the file.
///
/// After fork() the child's copies of its connections are dead: they hold no lock, every operation
/// on them fails, and closing them changes nothing. Children made by clone() without fork handlers
/// keep the parent's locks until they exit or exec.
///
/// Thread safety: any thread. Throws: `storage_failure` if there is no such base, or if the kernel
/// has no such locks (Linux before 3.15).
[[nodiscard]] std::string register_vfs(std::string_view base);

/// Whether the database, the log and its index of a connection in WAL mode are still the files that
/// their paths name. If not, nobody who opens the path will see what this connection writes.
[[nodiscard]] bool files_are_in_place(sqlite3* connection) noexcept;

/// Reserves blocks of the disk for the first `bytes` of the database file of a connection. Returns
/// 0 or errno. Opens and closes no file: that would drop the locks of a stock SQLite in the
/// process.
int allocate_database(sqlite3* connection, std::uint64_t bytes) noexcept;

/// Asks the system to drop its cached pages of a connection's database and log. Opens and closes no
/// descriptor of the database, for the same reason.
void drop_system_cache(sqlite3* connection) noexcept;

/// Whether some connection, in any process, reads from the log: then the log cannot be reset.
[[nodiscard]] bool log_is_pinned(sqlite3* connection) noexcept;

}  // namespace imagegallery::sqlite
