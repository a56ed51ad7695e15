// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite_image_rows.hpp"

#include <imagegallery/error.hpp>

#include <limits>

namespace imagegallery::sqlite {
namespace {

std::uint32_t natural_32(const Connection& connection, const Statement& query, int column) {
  const auto value = query.integer(column);
  if (value < 0 || value > std::numeric_limits<std::uint32_t>::max()) {
    throw Error(ErrorCode::corrupt_data,
                connection.name() + ": " + std::to_string(value) + " is not a 32-bit number");
  }
  return static_cast<std::uint32_t>(value);
}

ImageSubType sub_type(const Connection& connection, const Statement& query, int column) {
  switch (query.integer(column)) {
    case static_cast<int>(ImageSubType::image):
      return ImageSubType::image;
    case static_cast<int>(ImageSubType::scada_symbol):
      return ImageSubType::scada_symbol;
    default:
      throw Error(ErrorCode::corrupt_data, connection.name() + ": contains an unknown sub type");
  }
}

}  // namespace

ImageRow read_image_row(Connection& connection, const Statement& query) {
  ImageRow row;
  row.number = query.integer(0);
  row.tenant_number = query.integer(1);
  row.content_number = query.integer(2);
  auto& record = row.record;
  record.id = query.id<ImageId>(3);
  record.tenant = query.text(4);
  record.key = query.text(5);
  record.revision = query.natural(6);
  record.title = query.text(7);
  record.folded_title = query.text(8);
  record.file_name = query.text(9);
  record.sub_type = sub_type(connection, query, 10);
  record.is_public = query.integer(11) != 0;
  record.public_key = query.text(12);
  record.operation_id = query.text(13);
  record.created_at = query.time(14);
  record.updated_at = query.time(15);
  record.content = query.id<ContentId>(16);
  record.descriptor.media_type = query.text(17);
  record.descriptor.width = natural_32(connection, query, 18);
  record.descriptor.height = natural_32(connection, query, 19);
  record.descriptor.size = query.natural(20);
  record.descriptor.etag = query.text(21);
  record.frames = natural_32(connection, query, 22);
  record.has_alpha = query.integer(23) != 0;
  record.previews = read_previews(connection, row.content_number);
  return row;
}

std::vector<PreviewRecord> read_previews(Connection& connection, std::int64_t content_number) {
  std::vector<PreviewRecord> previews;
  auto query = connection.prepare(
      "SELECT preview.preset, content.id, preview.media_type, preview.width, preview.height,"
      " preview.size, preview.etag, preview.recipe FROM preview"
      " JOIN content ON content.number = preview.stored"
      " WHERE preview.content = ?1 ORDER BY preview.position");
  query.bind(content_number);
  while (query.step()) {
    auto& preview = previews.emplace_back();
    preview.descriptor.preset = query.text(0);
    preview.content = query.id<ContentId>(1);
    preview.descriptor.media_type = query.text(2);
    preview.descriptor.width = natural_32(connection, query, 3);
    preview.descriptor.height = natural_32(connection, query, 4);
    preview.descriptor.size = query.natural(5);
    preview.descriptor.etag = query.text(6);
    preview.recipe = natural_32(connection, query, 7);
  }
  return previews;
}

std::optional<ImageRow> find_image_row(Connection& connection, std::string_view tenant,
                                       const ImageId& id) {
  static const std::string sql =
      std::string{select_image} + " WHERE image.id = ?1 AND tenant.name = ?2";
  auto query = connection.prepare(sql);
  query.bind(id, tenant);
  if (!query.step()) return std::nullopt;
  return read_image_row(connection, query);
}

std::vector<ImageUse> read_uses(Connection& connection, std::string_view tenant,
                                const ImageId& id) {
  auto query = connection.prepare(
      "SELECT reference.type, reference.id, reference.name, reference.tenant FROM image"
      " JOIN reference ON reference.image = image.number"
      " JOIN tenant ON tenant.number = image.tenant WHERE image.id = ?1 AND tenant.name = ?2"
      " ORDER BY reference.tenant, reference.type, reference.id");
  query.bind(id, tenant);
  std::vector<ImageUse> uses;
  while (query.step()) {
    uses.push_back({query.text(0), query.text(1), query.text(2), query.text(3)});
  }
  return uses;
}

std::optional<std::int64_t> tenant_number(Connection& connection, std::string_view tenant) {
  auto query = connection.prepare("SELECT number FROM tenant WHERE name = ?1");
  query.bind(tenant);
  if (!query.step()) return std::nullopt;
  return query.integer(0);
}

}  // namespace imagegallery::sqlite
