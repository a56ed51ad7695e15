// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/image.hpp>
#include <imagegallery/results.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "json/json_writer.hpp"

namespace imagegallery {

/// The UUID of a tenant, for clients that expect one: ThingsBoard's for the system, else derived
/// from the name. It never changes (RFC 9562 §5.8).
[[nodiscard]] std::string tenant_uuid(std::string_view tenant);

/// Writes an image as ThingsBoard's TbResourceInfo, plus `tenant`, `revision` and `updatedTime`.
/// `prefix` is prepended to the links.
void write_image(JsonWriter& json, const ImageInfo& info, std::string_view prefix);

[[nodiscard]] std::string image_json(const ImageInfo& info, std::string_view prefix);

/// Writes the uses of an image: a map of entity type → list of {id, name, tenant}.
void write_uses(JsonWriter& json, const std::vector<ImageUse>& uses);

/// The ETag of an image's record: `{id}-{revision}`, which a client can build from the JSON.
[[nodiscard]] std::string record_etag(const ImageInfo& info);

}  // namespace imagegallery
