// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace imagegallery::sqlite {

enum class LockKind { shared, exclusive };

/// Locks bytes of an open file description (fcntl(2), F_OFD_SETLK), without waiting; a lock that
/// the description has already is converted. Returns 0 or errno; EAGAIN means that somebody else
/// holds a conflicting lock.
[[nodiscard]] int lock_bytes(int file, LockKind kind, std::int64_t first,
                             std::int64_t count) noexcept;

/// Releases bytes. Returns 0 or errno.
int unlock_bytes(int file, std::int64_t first, std::int64_t count) noexcept;

/// The strongest lock that another owner, in this or any process, has on any of the bytes.
struct ForeignLock {
  int error = 0;  ///< errno, if the kernel cannot tell.
  bool shared = false;
  bool exclusive = false;
};
[[nodiscard]] ForeignLock foreign_lock(int file, std::int64_t first, std::int64_t count) noexcept;

}  // namespace imagegallery::sqlite
