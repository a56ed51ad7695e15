// SPDX-License-Identifier: Apache-2.0
// The operations that create images.
#include <imagegallery/gallery.hpp>

#include <utility>

#include "gallery/case_folding.hpp"
#include "gallery/error_context.hpp"
#include "gallery/gallery_impl.hpp"
#include "gallery/image_names.hpp"
#include "random_bytes.hpp"
#include "utf8.hpp"

namespace imagegallery {
namespace {

constexpr std::size_t public_key_length = 32;
constexpr std::size_t max_operation_id_bytes = 64;

std::string checked_operation_id(const std::string& id) {
  if (id.size() > max_operation_id_bytes || !is_printable_utf8(id)) {
    throw Error(ErrorCode::invalid_argument,
                "operation_id: must be at most 64 bytes of UTF-8 without control characters");
  }
  return id;
}

std::string checked_public_key(const std::string& key) {
  if (!key.empty() && !is_public_key(key)) {
    throw Error(ErrorCode::invalid_argument,
                "publicResourceKey: must be 32 letters and digits, or absent");
  }
  return key;
}

std::string default_file_name(const IngestedContent& ingested) {
  const auto format = format_of_media_type(ingested.descriptor.media_type);
  return "image." + std::string{file_extension(format.value())};
}

// The image that an upload requests; `key` and `file_name` may be empty.
NewImage requested_image(const std::string& tenant, const std::string& key,
                         const std::string& file_name, const UploadOptions& upload_options,
                         const GalleryOptions& options) {
  return {
      .tenant = tenant,
      .key = key,
      .exact_key = !key.empty(),
      .title = upload_options.title.empty() ? std::string{} : checked_title(upload_options.title),
      .file_name = file_name.empty() ? std::string{} : checked_file_name("file_name", file_name),
      .sub_type = upload_options.sub_type,
      .is_public = upload_options.is_public.value_or(options.public_uploads),
      .public_key = {},
      .operation_id = checked_operation_id(upload_options.operation_id)};
}

}  // namespace

ImageInfo ImageGallery::Impl::create(const Principal& who, const NewImage& image,
                                     const ByteSource& source) {
  const auto change = [&](const IngestedContent& ingested) -> Committed {
    std::vector<Change> batch;
    // First, so that a retried upload returns the repaired image.
    for (const auto& repair : ingested.repairs) batch.emplace_back().action = repair;
    CreateImage creation{.record = {},
                         .exact_key = image.exact_key,
                         .spare_public_key = random_alphanumeric(public_key_length),
                         .default_limits = default_limits(image.tenant)};
    auto& record = creation.record;
    record.id = ImageId::make();
    record.tenant = image.tenant;
    record.file_name = image.file_name.empty() ? default_file_name(ingested) : image.file_name;
    record.key = image.key.empty() ? record.file_name : image.key;
    record.title = image.title.empty() ? record.file_name : image.title;
    record.folded_title = fold_case(record.title);
    record.sub_type = image.sub_type;
    record.is_public = image.is_public;
    record.public_key =
        image.public_key.empty() ? random_alphanumeric(public_key_length) : image.public_key;
    record.operation_id = image.operation_id;
    record.created_at = record.updated_at = options.now();
    ingested.assign_to(record);
    batch.emplace_back().action = std::move(creation);
    PendingInfo pending{options.presets};
    auto results = commit(who, std::move(batch));
    auto& created = *results.back().record;
    const auto content = created.content;
    return {std::move(pending).fill(std::move(created)), content};
  };
  auto info = ingest_and_commit(image.tenant, source, image.may_decode, change);
  ++uploads;
  return info;
}

ImageInfo ImageGallery::upload(const Principal& who, const Upload& upload) try {
  const auto& tenant = require(who, Scope::tenant, Right::write);
  const auto& options = upload.options();
  const auto image = requested_image(tenant, {}, options.file_name, options, impl_->options);
  return impl_->create(who, image, upload.source());
} catch (const Error&) {
  rethrow_with_context("upload", who.tenant(), upload.options().file_name);
}

ImageInfo ImageGallery::put_system_image(const Principal& who, std::string_view key,
                                         const Upload& upload) try {
  require_system_admin(who);
  const auto& options = upload.options();
  const auto name = checked_file_name("key", key);
  const auto image = requested_image({}, name, options.file_name.empty() ? name : options.file_name,
                                     options, impl_->options);
  for (;;) {
    const bool exists = impl_->find({}, name).has_value();
    try {
      return exists ? impl_->replace(who, {}, name, {options.file_name, {}}, upload.source(), {})
                    : impl_->create(who, image, upload.source());
    } catch (const Error& error) {
      // Retry if it was removed or created concurrently.
      const auto expected = exists ? ErrorCode::not_found : ErrorCode::conflict;
      if (error.code() != expected || impl_->find({}, name).has_value() == exists) throw;
    }
  }
} catch (const Error&) {
  rethrow_with_context("put_system_image", {}, key);
}

Match ImageGallery::Impl::compare(const ImageRecord& record, const ByteSource& source) const {
  try {
    if (!same_bytes(source, *open(record.content, record.descriptor.size))) {
      return Match::different;
    }
    return previews_are_sound(record) ? Match::same : Match::damaged;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::corrupt_data) throw;
  }
  return source.size() == record.descriptor.size && hash_source(source) == record.descriptor.etag
             ? Match::damaged
             : Match::different;
}

ImageInfo ImageGallery::import_json(const Principal& who, std::string_view json,
                                    const ImportOptions& options) try {
  return import_document(who, parse_export_document(make_view_source(as_bytes(json))), options);
} catch (const Error&) {
  rethrow_with_context("import_json", who.tenant());
}

ImageInfo ImageGallery::import_document(const Principal& who, const ExportDocument& document,
                                        const ImportOptions& options) {
  return impl_->import_document(who, document, options, true);
}

std::optional<ImageInfo> ImageGallery::import_without_decoding(const Principal& who,
                                                               const ExportDocument& document,
                                                               const ImportOptions& options) {
  try {
    return impl_->import_document(who, document, options, false);
  } catch (const DecodeNeeded&) {
    return std::nullopt;
  }
}

ImageInfo ImageGallery::Impl::import_document(const Principal& who, const ExportDocument& document,
                                              const ImportOptions& import_options,
                                              bool may_decode) try {
  const auto& tenant = require(who, Scope::tenant, Right::write);
  if (!document.data) throw Error(ErrorCode::invalid_argument, "data: is missing");
  NewImage image{
      .tenant = tenant,
      .key =
          checked_file_name("resourceKey", document.resource_key.empty() ? document.file_name
                                                                         : document.resource_key),
      .exact_key = true,
      .title = document.title.empty() ? std::string{} : checked_title(document.title),
      .file_name = checked_file_name(
          "fileName", document.file_name.empty() ? document.resource_key : document.file_name),
      .sub_type = document.sub_type,
      .is_public = document.is_public,
      .public_key = checked_public_key(document.public_resource_key),
      .operation_id = checked_operation_id(import_options.operation_id),
      .may_decode = may_decode};

  for (;;) {
    const auto existing = find(tenant, image.key);
    const auto match = existing ? compare(*existing, *document.data) : Match::different;
    if (match == Match::same) return info_of(*existing);
    const bool heals = match == Match::damaged;
    if (existing && !heals && import_options.on_conflict == ImportConflict::refuse) {
      throw Error(ErrorCode::conflict,
                  "resourceKey: \"" + image.key + "\" is in use by another image");
    }
    const bool replaces =
        heals || (existing && import_options.on_conflict == ImportConflict::replace);
    // Number the key only if different content has it: a concurrent import may be of the same
    // content.
    image.exact_key =
        heals || !(existing && import_options.on_conflict == ImportConflict::keep_both);
    const auto replacement =
        heals ? Replacement{.file_name = {}, .title = {}, .may_decode = may_decode}
              : Replacement{image.file_name, image.title, may_decode};
    try {
      return replaces ? replace(who, tenant, image.key, replacement, *document.data, {})
                      : create(who, image, *document.data);
    } catch (const Error& error) {
      const auto expected = replaces ? ErrorCode::not_found : ErrorCode::conflict;
      if (error.code() != expected || !image.exact_key ||
          find(tenant, image.key).has_value() == existing.has_value()) {
        throw;
      }
    }
  }
} catch (const Error&) {
  rethrow_with_context("import_document", who.tenant(),
                       document.resource_key.empty() ? document.file_name : document.resource_key);
}

}  // namespace imagegallery
