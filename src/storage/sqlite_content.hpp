// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>
#include <imagegallery/image_record.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "storage/disk_space.hpp"
#include "storage/sqlite_connection.hpp"
#include "storage/sqlite_write_queue.hpp"

namespace imagegallery::sqlite {

/// Bytes per chunk; the last chunk of a content may be shorter. Part of the file format.
inline constexpr std::uint64_t chunk_bytes = 256u << 10;

/// Max chunks per content. Part of the file format.
inline constexpr std::uint64_t max_chunks = 1u << 20;

/// Reserves room for `bytes` of content on a disk that is not far from full. Pages that are free in
/// the file count as room. Throws: `storage_full` if less than the reserve would be left.
void require_room(Connection& connection, const DiskReserve& reserve, std::uint64_t bytes);

/// As `StorageBackend::put_content`. Reads `source` in pieces of at most 1 MiB without holding a
/// lock, and stores each piece in its own transaction.
void put_content(WriteQueue& queue, const DiskReserve& reserve, std::string_view tenant,
                 const ContentId& content, const ByteSource& source, Time now);

/// As `StorageBackend::drop_content`.
void drop_content(WriteQueue& queue, const ContentId& content);

/// Content is quarantined. Its own type: reading again is of no use.
class QuarantinedContent final : public Error {
 public:
  using Error::Error;
};

enum class Quarantine { respect, ignore };

/// As `StorageBackend::read_at`. Reads and verifies only the chunks that overlap the range.
/// Throws: `QuarantinedContent` if the content is quarantined, unless that is ignored.
[[nodiscard]] std::size_t read_content(Connection& connection, const ContentId& content,
                                       std::uint64_t offset, std::span<std::byte> into,
                                       Quarantine quarantine);

/// Deletes a bounded part of the content that no image has used since `content_before`. Returns
/// whether more is left. If space is scarce, does less at a time and gives the disk all that is
/// free.
[[nodiscard]] bool sweep_content(Connection& connection, Time content_before, bool space_is_scarce);

/// Deletes a bounded part of the changes before the first one at or after `changes_before`. Returns
/// whether more is left.
[[nodiscard]] bool forget_changes(Connection& connection, Time changes_before);

}  // namespace imagegallery::sqlite
