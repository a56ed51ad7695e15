// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/image_record.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/sqlite_connection.hpp"

namespace imagegallery::sqlite {

/// A row of the table image, with the storage's internal numbers.
struct ImageRow {
  std::int64_t number = 0;
  std::int64_t tenant_number = 0;
  std::int64_t content_number = 0;
  ImageRecord record;
};

/// The start of a query for `read_image_row`: columns and joins. The rest may name the tables
/// `image`, `content` and `tenant`.
inline constexpr std::string_view select_image =
    "SELECT image.number, image.tenant, image.content, image.id, tenant.name, image.key,"
    " image.revision, image.title, image.folded_title, image.file_name, image.sub_type,"
    " image.is_public, image.public_key, image.operation_id, image.created_at, image.updated_at,"
    " content.id, image.media_type, image.width, image.height, image.size, image.etag,"
    " image.frames, image.has_alpha FROM image"
    " JOIN tenant ON tenant.number = image.tenant JOIN content ON content.number = image.content";

/// The current row of a query that starts with `select_image`, and the previews of its content.
/// Throws: `corrupt_data` for invalid values; what SQL throws.
[[nodiscard]] ImageRow read_image_row(Connection& connection, const Statement& query);

/// The previews of a content, in order.
[[nodiscard]] std::vector<PreviewRecord> read_previews(Connection& connection,
                                                       std::int64_t content_number);

[[nodiscard]] std::optional<ImageRow> find_image_row(Connection& connection,
                                                     std::string_view tenant, const ImageId& id);

/// As `StorageBackend::uses`.
[[nodiscard]] std::vector<ImageUse> read_uses(Connection& connection, std::string_view tenant,
                                              const ImageId& id);

/// A tenant's number; nullopt if unknown.
[[nodiscard]] std::optional<std::int64_t> tenant_number(Connection& connection,
                                                        std::string_view tenant);

}  // namespace imagegallery::sqlite
