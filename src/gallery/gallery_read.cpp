// SPDX-License-Identifier: Apache-2.0
// The operations that only read.
#include <imagegallery/gallery.hpp>

#include <algorithm>
#include <utility>

#include "entity_tag.hpp"
#include "gallery/case_folding.hpp"
#include "gallery/error_context.hpp"
#include "gallery/gallery_impl.hpp"
#include "gallery/image_names.hpp"
#include "gallery/list_cursor.hpp"

namespace imagegallery {
namespace {

constexpr std::uint32_t max_page_size = 1000;

// The requested preset; empty for the original. Throws: `invalid_argument`.
std::string preset_of(const ReadOptions& options, const std::vector<PreviewPreset>& presets) {
  if (options.variant == Variant::original) return {};
  if (options.preset.empty()) return presets.front().name;
  const bool known = std::any_of(presets.begin(), presets.end(),
                                 [&](const auto& preset) { return preset.name == options.preset; });
  if (!known)
    throw Error(ErrorCode::invalid_argument, "preset: must be one of the gallery's presets");
  return options.preset;
}

// A stored original or preview.
struct StoredVariant {
  ContentDescriptor descriptor;
  ContentId content;
};

StoredVariant variant_of(const ImageRecord& record, const std::string& preset) {
  for (const auto& preview : record.previews) {
    if (!preset.empty() && preview.descriptor.preset == preset) {
      const ContentDescriptor& descriptor = preview.descriptor;
      return {descriptor, preview.content};
    }
  }
  return {record.descriptor, record.content};
}

ListRequest request_of(const Principal& who, const ListQuery& query) {
  if (query.page_size < 1 || query.page_size > max_page_size) {
    throw Error(ErrorCode::invalid_argument, "page_size: must be 1 to 1000");
  }
  ListRequest request{.tenant = who.tenant(),
                      .every_tenant = false,
                      // A system administrator's own images are the system images.
                      .include_system = query.include_system && who.role() != Role::system_admin,
                      .folded_search = fold_case(trimmed(query.search)),
                      .sub_type = query.sub_type,
                      .sort_by = query.sort_by,
                      .sort_order = query.sort_order,
                      .after = std::nullopt,
                      .offset = 0,
                      .count = query.page_size + 1};  // one extra: is there a next page?
  if (query.cursor.empty()) {
    request.offset = std::uint64_t{query.page} * query.page_size;
  } else if (query.page != 0) {
    throw Error(ErrorCode::invalid_argument, "page: must be 0 if there is a cursor");
  } else {
    request.after = decode_cursor(query);
  }
  return request;
}

}  // namespace

std::optional<ImageInfo> ImageGallery::find(const Principal& who, const ImageRef& ref) const try {
  const auto record = impl_->find(require(who, ref.scope, Right::read_records), ref.key);
  if (!record) return std::nullopt;
  return impl_->info_of(*record);
} catch (const Error&) {
  rethrow_with_context("find", who, ref);
}

Page ImageGallery::list(const Principal& who, const ListQuery& query) const try {
  require(who, Scope::tenant, Right::read_records);
  const auto request = request_of(who, query);
  auto records = impl_->storage->list(request);
  Page page;
  if (records.size() > query.page_size) {
    records.pop_back();
    page.next = encode_cursor(query, records.back());
  }
  page.items.reserve(records.size());
  for (const auto& record : records) page.items.push_back(impl_->info_of(record));
  if (query.count_total) page.total = impl_->totals.count(request);
  return page;
} catch (const Error&) {
  rethrow_with_context("list", who.tenant());
}

ReadResult ImageGallery::Impl::respond(
    std::string_view operation, const ReadOptions& read_options, const std::string& preset,
    const std::function<std::optional<std::string>()>& cached_etag,
    const std::function<std::optional<ImageRecord>()>& read_record) const {
  ++reads;
  const bool conditional = !read_options.if_none_match.empty();
  ReadResult result;
  if (conditional) {
    if (auto etag = cached_etag();
        etag && if_none_match_matches(read_options.if_none_match, *etag)) {
      ++not_modified;
      result.not_modified = true;
      result.etag = result.descriptor.etag = std::move(*etag);
      return result;
    }
  }
  const auto ticket = etags.ticket();
  const auto record = read_record();
  if (!record) throw Error(ErrorCode::not_found, "Requested item wasn't found!");
  auto stored = variant_of(*record, preset);
  etags.store(*record, preset, stored.descriptor.etag, ticket);
  result.etag = stored.descriptor.etag;
  result.info = info_of(*record);
  if (conditional && if_none_match_matches(read_options.if_none_match, result.etag)) {
    ++not_modified;
    result.not_modified = true;
  } else {
    result.content =
        open(stored.content, stored.descriptor.size, {operation, record->tenant, record->key});
  }
  result.descriptor = std::move(stored.descriptor);
  return result;
}

ReadResult ImageGallery::read(const Principal& who, const ImageRef& ref,
                              const ReadOptions& options) const try {
  const auto& tenant = require(who, ref.scope, Right::read_bytes);
  const auto preset = preset_of(options, impl_->options.presets);
  if (!is_file_name(ref.key)) throw Error(ErrorCode::not_found, "Requested item wasn't found!");
  return impl_->respond(
      "read", options, preset, [&] { return impl_->etags.find(tenant, ref.key, preset); },
      [&] { return impl_->find(tenant, ref.key); });
} catch (const Error&) {
  rethrow_with_context("read", who, ref);
}

ReadResult ImageGallery::read_public(std::string_view public_key, const ReadOptions& options) const
    try {
  const auto preset = preset_of(options, impl_->options.presets);
  if (!is_public_key(public_key)) {
    throw Error(ErrorCode::not_found, "Requested item wasn't found!");
  }
  return impl_->respond(
      "read_public", options, preset, [&] { return impl_->etags.find_public(public_key, preset); },
      [&] {
        auto record = impl_->storage->find_public(public_key);
        if (record && !record->is_public) record.reset();
        return record;
      });
} catch (const Error&) {
  rethrow_with_context("read_public");
}

ExportDocument ImageGallery::export_document(const Principal& who, const ImageRef& ref) const try {
  const auto record = impl_->get(require(who, ref.scope, Right::read_records), ref.key);
  return {.link = impl_->info_of(record).link(),
          .title = record.title,
          .sub_type = record.sub_type,
          .resource_key = record.key,
          .file_name = record.file_name,
          .public_resource_key = record.public_key,
          .is_public = record.is_public,
          .media_type = record.descriptor.media_type,
          .data = impl_->open(record.content, record.descriptor.size,
                              {"export_document", record.tenant, record.key})};
} catch (const Error&) {
  rethrow_with_context("export_document", who, ref);
}

std::string ImageGallery::export_json(const Principal& who, const ImageRef& ref) const try {
  const auto json = to_json(export_document(who, ref));
  std::string text(static_cast<std::size_t>(json->size()), '\0');
  text.resize(json->read_at(0, std::as_writable_bytes(std::span{text})));
  return text;
} catch (const Error&) {
  rethrow_with_context("export_json", who, ref);
}

}  // namespace imagegallery
