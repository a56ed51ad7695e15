// SPDX-License-Identifier: Apache-2.0
#include "http/image_json.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "http/sha256.hpp"
#include "json/sub_type_name.hpp"

namespace imagegallery {
namespace {

constexpr std::string_view system_uuid = "13814000-1dd2-11b2-8080-808080808080";

void write_entity_id(JsonWriter& json, std::string_view type, std::string_view id) {
  json.begin_object();
  json.member("entityType", type);
  json.member("id", id);
  json.end_object();
}

void write_content_members(JsonWriter& json, const ContentDescriptor& content) {
  json.member("mediaType", content.media_type);
  json.member("width", content.width);
  json.member("height", content.height);
  json.member("size", content.size);
  json.member("etag", content.etag);
}

void write_preview(JsonWriter& json, const PreviewDescriptor& preview) {
  json.begin_object();
  write_content_members(json, preview);
  json.member("preset", preview.preset);
  json.end_object();
}

void write_descriptor(JsonWriter& json, const ImageDescriptor& descriptor) {
  json.begin_object();
  write_content_members(json, descriptor);
  json.member("frames", descriptor.frames);
  json.member("hasAlpha", descriptor.has_alpha);
  json.name("previewDescriptor");
  write_preview(json, descriptor.preview);
  if (!descriptor.more_previews.empty()) {
    json.name("morePreviews").begin_array();
    for (const auto& preview : descriptor.more_previews) write_preview(json, preview);
    json.end_array();
  }
  json.end_object();
}

std::int64_t milliseconds(Time time) { return time.time_since_epoch().count(); }

}  // namespace

std::string tenant_uuid(std::string_view tenant) {
  if (tenant.empty()) return std::string{system_uuid};
  const auto digest = sha256(as_bytes("imagegallery tenant " + std::string{tenant}));
  std::array<std::uint8_t, 16> uuid{};
  std::transform(digest.begin(), digest.begin() + uuid.size(), uuid.begin(),
                 [](std::byte byte) { return std::to_integer<std::uint8_t>(byte); });
  uuid[6] = static_cast<std::uint8_t>((uuid[6] & 0x0f) | 0x80);  // version 8: custom
  uuid[8] = static_cast<std::uint8_t>((uuid[8] & 0x3f) | 0x80);  // RFC 9562 variant
  return detail::uuid_to_string(uuid);
}

void write_image(JsonWriter& json, const ImageInfo& info, std::string_view prefix) {
  json.begin_object();
  json.name("id");
  write_entity_id(json, "TB_RESOURCE", info.id.to_string());
  json.member("createdTime", milliseconds(info.created_at));
  json.member("updatedTime", milliseconds(info.updated_at));
  json.name("tenantId");
  write_entity_id(json, "TENANT", tenant_uuid(info.tenant));
  json.member("tenant", info.tenant);
  json.member("title", info.title);
  json.member("name", info.title);
  json.member("resourceType", "IMAGE");
  json.member("resourceSubType", sub_type_name(info.sub_type));
  json.member("resourceKey", info.ref.key);
  json.member("public", info.is_public);
  json.member("publicResourceKey", info.public_key);
  json.member("etag", info.descriptor.etag);
  json.member("fileName", info.file_name);
  json.member("revision", info.revision);
  json.name("descriptor");
  write_descriptor(json, info.descriptor);
  json.member("link", std::string{prefix} + info.link());
  json.name("publicLink");
  if (const auto link = info.public_link()) {
    json.value(std::string{prefix} + *link);
  } else {
    json.null();
  }
  json.end_object();
}

std::string image_json(const ImageInfo& info, std::string_view prefix) {
  JsonWriter json;
  write_image(json, info, prefix);
  return json.take();
}

void write_uses(JsonWriter& json, const std::vector<ImageUse>& uses) {
  std::map<std::string_view, std::vector<const ImageUse*>> by_type;
  for (const auto& use : uses) by_type[use.entity_type].push_back(&use);
  json.begin_object();
  for (const auto& [type, uses_of_type] : by_type) {
    json.name(type).begin_array();
    for (const auto* use : uses_of_type) {
      json.begin_object();
      json.name("id");
      write_entity_id(json, type, use->entity_id);
      json.member("name", use->name);
      json.member("tenant", use->tenant);
      json.end_object();
    }
    json.end_array();
  }
  json.end_object();
}

std::string record_etag(const ImageInfo& info) {
  return info.id.to_string() + "-" + std::to_string(info.revision);
}

}  // namespace imagegallery
