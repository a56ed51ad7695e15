// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

namespace imagegallery::sqlite {

/// Opens a file with O_CLOEXEC, on a descriptor above those of the standard streams: a program that
/// closed these must not print into a database. A file that it creates gets exactly `mode`. Returns
/// the descriptor, or -1 with errno.
[[nodiscard]] int open_file(const char* path, int flags, ::mode_t mode) noexcept;

}  // namespace imagegallery::sqlite
