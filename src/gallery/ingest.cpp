// SPDX-License-Identifier: Apache-2.0
// Turns uploaded bytes into stored content with previews.
#include <imagegallery/preview.hpp>

#include <algorithm>
#include <utility>

#include "content_hash.hpp"
#include "gallery/gallery_impl.hpp"
#include "image/decode_memory.hpp"
#include "limits.hpp"

namespace imagegallery {
namespace {

constexpr std::size_t buffer_bytes = 256u * 1024;

// Forwards reads to a source and hashes the bytes: a file that is modified between hashing and
// storing must not be stored under a wrong ETag.
class HashedSource final : public ByteSource {
 public:
  explicit HashedSource(const ByteSource& source) : source_(source) {}
  std::uint64_t size() const override { return source_.size(); }
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    const auto count = source_.read_at(offset, into);
    if (offset == hashed_) {
      hash_.update(into.first(count));
      hashed_ += count;
    }
    return count;
  }
  std::string etag() const { return hash_.etag(); }

 private:
  const ByteSource& source_;
  // put_content reads once, sequentially, on one thread.
  mutable ContentHash hash_;
  mutable std::uint64_t hashed_ = 0;
};

}  // namespace

void IngestedContent::assign_to(ImageRecord& record) const {
  record.content = content;
  record.descriptor = descriptor;
  record.frames = frames;
  record.has_alpha = has_alpha;
  record.previews = previews;
}

bool same_bytes(const ByteSource& one, const ByteSource& other) {
  if (one.size() != other.size()) return false;
  Bytes a(buffer_bytes);
  Bytes b(buffer_bytes);
  for (std::uint64_t at = 0; at < one.size();) {
    const auto count = one.read_at(at, a);
    if (count == 0 || other.read_at(at, std::span{b}.first(count)) != count) return false;
    if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(count), b.begin())) {
      return false;
    }
    at += count;
  }
  return true;
}

std::string hash_source(const ByteSource& source) {
  ContentHash hash;
  Bytes buffer(static_cast<std::size_t>(std::min<std::uint64_t>(buffer_bytes, source.size())));
  for (std::uint64_t at = 0; at < source.size();) {
    const auto count = source.read_at(at, buffer);
    if (count == 0) throw Error(ErrorCode::conflict, "The source changed while it was read");
    hash.update(ByteView{buffer}.first(count));
    at += count;
  }
  return hash.etag();
}

std::vector<Preview> ImageGallery::Impl::decode(const std::string& tenant, const ByteSource& source,
                                                const ImageHeader& header) {
  auto budget = options.decode_budget;
  // What is not decoded needs no slot.
  if (!has_decoder(header.format)) return make_previews(source, header, options.presets, budget);
  const auto memory_bytes = estimate_decode_memory(source, header, options.presets, budget);
  const DecodeSlots::Slot slot(decode_slots, tenant, memory_bytes);
  ++decodes;
  // The reservation holds even if the estimate is wrong.
  budget.max_memory_bytes = memory_bytes;
  return make_previews(source, header, options.presets, budget);
}

std::vector<PreviewRecord> ImageGallery::Impl::store_previews(const std::string& tenant,
                                                              const ByteSource& source,
                                                              const ImageHeader& header,
                                                              const ContentId& original,
                                                              const ContentDescriptor& descriptor) {
  std::vector<Preview> previews;
  try {
    previews = decode(tenant, source, header);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::broken_image) throw;
    ++decode_failures;
    if (options.damaged_images == DamagedImages::refuse) throw;
    for (const auto& preset : options.presets) previews.push_back({.preset = preset.name});
  }

  std::vector<PreviewRecord> records;
  try {
    for (std::size_t i = 0; i < previews.size(); ++i) {
      const auto& preview = previews[i];
      PreviewRecord record{.descriptor = {descriptor, preview.preset},
                           .content = original,
                           .recipe = recipe_of(options.presets[i])};
      if (preview.bytes) {
        record.descriptor.media_type = media_type(preview.format);
        record.descriptor.width = preview.width;
        record.descriptor.height = preview.height;
        record.descriptor.size = preview.bytes->size();
        record.descriptor.etag = content_etag(*preview.bytes);
        record.content = ContentId::make();
        storage->put_content(tenant, record.content, *make_view_source(*preview.bytes),
                             options.now());
      }
      records.push_back(std::move(record));
    }
  } catch (...) {
    drop_previews(original, records);
    throw;
  }
  return records;
}

IngestedContent ImageGallery::Impl::ingest(const std::string& tenant, const ByteSource& source,
                                           bool may_decode) {
  const auto header = read_header(source);
  IngestedContent ingested{.content = {},
                           .descriptor = {.media_type = std::string{media_type(header.format)},
                                          .width = header.width,
                                          .height = header.height,
                                          .size = source.size(),
                                          .etag = hash_source(source)},
                           .frames = header.frames,
                           .has_alpha = header.has_alpha,
                           .previews = {},
                           .is_shared = false};

  auto damaged = storage->find_quarantined(tenant, ingested.descriptor.etag, source.size());
  if (!share_duplicate(tenant, source, header, may_decode, ingested, damaged)) {
    if (!may_decode && has_decoder(header.format)) throw DecodeNeeded{};
    ingested.content = ContentId::make();
    ingested.previews =
        store_previews(tenant, source, header, ingested.content, ingested.descriptor);
    ingested.new_previews = true;
  }
  try {
    if (!ingested.is_shared) {
      const HashedSource hashed(source);
      storage->put_content(tenant, ingested.content, hashed, options.now());
      if (hashed.etag() != ingested.descriptor.etag) {
        throw Error(ErrorCode::conflict, "The source changed while it was read");
      }
    }
    for (const auto& content : damaged) {
      ingested.repairs.push_back(
          RestoreContent{tenant, content, ingested.content, ingested.previews});
    }
  } catch (...) {
    drop(ingested);
    throw;
  }
  return ingested;
}

bool ImageGallery::Impl::share_duplicate(const std::string& tenant, const ByteSource& source,
                                         const ImageHeader& header, bool may_decode,
                                         IngestedContent& ingested,
                                         std::vector<ContentId>& damaged) {
  const auto duplicate =
      storage->find_content(tenant, ingested.descriptor.etag, ingested.descriptor.size);
  if (!duplicate || duplicate->previews.empty()) return false;
  try {
    if (!same_bytes(source, *open(duplicate->content, duplicate->descriptor.size))) return false;
  } catch (const Error& error) {
    // If the duplicate is damaged or was deleted, store the new bytes.
    if (error.code() == ErrorCode::not_found) return false;
    if (error.code() != ErrorCode::corrupt_data) throw;
    reports->report_current(ErrorSource::storage, "read_at", tenant, duplicate->key);
    damaged.push_back(duplicate->content);
    return false;
  }
  ingested.content = duplicate->content;
  if (previews_are_sound(*duplicate)) {
    ingested.previews = duplicate->previews;
  } else {
    if (!may_decode && has_decoder(header.format)) throw DecodeNeeded{};
    ingested.previews =
        store_previews(tenant, source, header, ingested.content, ingested.descriptor);
    ingested.new_previews = true;
  }
  ingested.is_shared = true;
  if (ingested.new_previews) {
    try {
      ingested.repairs.push_back(ReplacePreviews{tenant, ingested.content, ingested.previews});
    } catch (...) {
      drop(ingested);
      throw;
    }
  }
  return true;
}

bool ImageGallery::Impl::previews_are_sound(const ImageRecord& record) const {
  try {
    for (const auto& preview : record.previews) {
      if (preview.content == record.content) continue;
      const auto source = open(preview.content, preview.descriptor.size);
      if (hash_source(*source) != preview.descriptor.etag) return false;
    }
    return true;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::corrupt_data && error.code() != ErrorCode::not_found &&
        error.code() != ErrorCode::conflict) {
      throw;
    }
    return false;
  }
}

ImageInfo ImageGallery::Impl::ingest_and_commit(
    const std::string& tenant, const ByteSource& source, bool may_decode,
    const std::function<Committed(const IngestedContent&)>& change) {
  // Reject early, before decoding. The commit checks exactly.
  const auto stored = storage->usage(tenant);
  auto limits = effective_limits(stored.limits, default_limits(tenant));
  limits.max_total_bytes = 0;  // a replacement frees an amount that is not known here
  check_limits(limits, source.size(), 0);

  for (;;) {
    const auto ingested = ingest(tenant, source, may_decode);
    try {
      auto committed = change(ingested);
      // If the change was already done. What a repair uses is not dropped.
      if (committed.content != ingested.content) drop(ingested);
      bytes_in += source.size();
      return std::move(committed.info);
    } catch (const Error& error) {
      drop(ingested);
      if (!ingested.is_shared || error.code() != ErrorCode::not_found ||
          storage->find_content(tenant, ingested.descriptor.etag, source.size())) {
        throw;
      }
      // The last image with this content was removed and the content swept: store it again.
    } catch (...) {
      drop(ingested);
      throw;
    }
  }
}

void ImageGallery::Impl::drop(const IngestedContent& ingested) noexcept {
  if (!ingested.is_shared) drop_content(ingested.content);
  if (ingested.new_previews) drop_previews(ingested.content, ingested.previews);
}

void ImageGallery::Impl::drop_previews(const ContentId& original,
                                       const std::vector<PreviewRecord>& previews) noexcept {
  for (const auto& preview : previews) {
    if (preview.content != original) drop_content(preview.content);
  }
}

void ImageGallery::Impl::drop_content(const ContentId& content) noexcept {
  try {
    storage->drop_content(content);
  } catch (...) {
    // It is unreferenced: a sweep after the grace period deletes it.
    reports->report_current(ErrorSource::storage, "drop_content");
  }
}

}  // namespace imagegallery
