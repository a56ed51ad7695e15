// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>
#include <imagegallery/image_record.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "storage/sqlite_connection.hpp"
#include "storage/sqlite_write_queue.hpp"

namespace imagegallery::sqlite {

/// Bytes of a chunk; a content's last one may be shorter. Part of the file format.
inline constexpr std::uint64_t chunk_bytes = 256u << 10;

/// Chunks that a content may have. Part of the file format.
inline constexpr std::uint64_t max_chunks = 1u << 20;

/// As `StorageBackend::put_content`. Takes `source` in pieces of at most 1 MiB, each with no lock
/// held and stored in a transaction of its own.
void put_content(WriteQueue& queue, std::string_view tenant, const ContentId& content,
                 const ByteSource& source, Time now);

/// As `StorageBackend::drop_content`.
void drop_content(WriteQueue& queue, const ContentId& content);

/// As `StorageBackend::read_at`: reads and checks each chunk that it takes bytes of.
[[nodiscard]] std::size_t read_content(Connection& connection, const ContentId& content,
                                       std::uint64_t offset, std::span<std::byte> into);

/// Deletes a piece of what no image has held since before `content_before`. Returns whether more is
/// left.
[[nodiscard]] bool sweep_content(Connection& connection, Time content_before);

/// Forgets a piece of the changes before the first one from `changes_before` on. Returns whether
/// more is left.
[[nodiscard]] bool forget_changes(Connection& connection, Time changes_before);

}  // namespace imagegallery::sqlite
