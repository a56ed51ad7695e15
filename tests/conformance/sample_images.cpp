// SPDX-License-Identifier: Apache-2.0
#include "sample_images.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace imagegallery::conformance {

Bytes sample_bytes(std::size_t size, std::uint64_t seed) {
  Bytes bytes(size);
  std::uint64_t state = seed * 0x9e3779b97f4a7c15 + 1;
  for (std::size_t at = 0; at < size; at += sizeof state) {
    state = state * 6364136223846793005 + 1442695040888963407;
    std::memcpy(bytes.data() + at, &state, std::min(sizeof state, size - at));
  }
  return bytes;
}

ContentId put(StorageBackend& storage, const std::string& tenant, ByteView bytes, Time now) {
  const auto id = ContentId::make();
  storage.put_content(tenant, id, *make_view_source(bytes), now);
  return id;
}

ContentId put(StorageBackend& storage, const std::string& tenant, std::string_view text, Time now) {
  return put(storage, tenant, as_bytes(text), now);
}

Bytes stored_bytes(const StorageBackend& storage, const ContentId& content) {
  Bytes bytes;
  std::array<std::byte, 60'000> buffer{};
  for (;;) {
    const auto count = storage.read_at(content, bytes.size(), buffer);
    bytes.insert(bytes.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(count));
    if (count < buffer.size()) return bytes;
  }
}

ImageRecord sample_record(const std::string& tenant, const std::string& key,
                          const ContentId& content, std::uint64_t size) {
  ImageRecord record;
  record.id = ImageId::make();
  record.tenant = tenant;
  record.key = key;
  record.title = "Title of " + key;
  record.folded_title = "title of " + key;
  record.file_name = "file-" + key;
  record.public_key = "public-" + record.id.to_string();
  record.created_at = at(1);
  record.updated_at = at(2);
  record.content = content;
  record.descriptor.media_type = "image/png";
  record.descriptor.width = 40;
  record.descriptor.height = 30;
  record.descriptor.size = size;
  record.descriptor.etag = "etag-of-" + content.to_string();
  record.frames = 3;
  record.has_alpha = true;
  return record;
}

PreviewRecord sample_preview(const std::string& preset, const ContentId& content) {
  PreviewRecord preview;
  preview.descriptor.preset = preset;
  preview.descriptor.media_type = "image/jpeg";
  preview.descriptor.width = 20;
  preview.descriptor.height = 15;
  preview.descriptor.size = 7;
  preview.descriptor.etag = "etag-of-" + content.to_string();
  preview.content = content;
  preview.recipe = 1;
  return preview;
}

ChangeResult commit(StorageBackend& storage, Change change) {
  return storage.commit(std::span{&change, 1}).at(0);
}

ImageRecord create(StorageBackend& storage, const std::string& tenant, const std::string& key) {
  return create(storage, sample_record(tenant, key, put(storage, tenant, "bytes")));
}

ImageRecord create(StorageBackend& storage, ImageRecord record, Time when) {
  CreateImage action;
  action.spare_public_key = "spare-" + record.id.to_string();
  action.record = std::move(record);
  return commit(storage, std::move(action), when).record.value();
}

std::vector<std::string> keys(const std::vector<ImageRecord>& records) {
  std::vector<std::string> result;
  std::transform(records.begin(), records.end(), std::back_inserter(result),
                 [](const ImageRecord& record) { return record.key; });
  return result;
}

void sweep_all(StorageBackend& storage, Time content_before, Time changes_before) {
  while (storage.sweep(content_before, changes_before)) {
  }
}

}  // namespace imagegallery::conformance
