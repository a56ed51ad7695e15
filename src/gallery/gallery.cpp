// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/gallery.hpp>

#include <algorithm>
#include <set>
#include <thread>
#include <utility>

#include "gallery/error_context.hpp"
#include "gallery/gallery_impl.hpp"
#include "gallery/image_names.hpp"
#include "gallery/watched_storage.hpp"
#include "limits.hpp"

namespace imagegallery {
namespace {

void check(bool condition, const char* message) {
  if (!condition) throw Error(ErrorCode::invalid_argument, message);
}

bool is_preset_name(const std::string& name) {
  return !name.empty() && name.size() <= 32 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

GalleryOptions checked(GalleryOptions options) {
  check(!options.presets.empty(), "presets: must not be empty");
  std::set<std::string> names;
  for (const auto& preset : options.presets) {
    check(is_preset_name(preset.name),
          "presets.name: must be 1 to 32 characters of a-z, 0-9, '-' and '_'");
    check(names.insert(preset.name).second, "presets.name: must be unique");
    check(preset.max_side >= 16 && preset.max_side <= 4096, "presets.max_side: must be 16 to 4096");
  }
  check(options.decode_budget.max_pixels > 0, "decode_budget.max_pixels: must be positive");
  check(options.decode_budget.max_side > 0, "decode_budget.max_side: must be positive");
  check(options.max_total_decode_memory > 0, "max_total_decode_memory: must be positive");
  check(options.max_decode_wait.count() >= 0, "max_decode_wait: must not be negative");
  check(options.cache.etags_ttl.count() >= 0, "cache.etags_ttl: must not be negative");
  check(options.cache.system_browser_ttl.count() >= 0,
        "cache.system_browser_ttl: must not be negative");
  check(options.cache.tenant_browser_ttl.count() >= 0,
        "cache.tenant_browser_ttl: must not be negative");
  check(options.content_grace.count() >= 0, "content_grace: must not be negative");
  check(options.change_log_age.count() >= 0, "change_log_age: must not be negative");
  if (options.max_concurrent_decodes == 0) {
    options.max_concurrent_decodes = std::max(1u, std::thread::hardware_concurrency());
  }
  if (!options.now) {
    options.now = [] {
      return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    };
  }
  return options;
}

std::unique_ptr<StorageBackend> checked(std::unique_ptr<StorageBackend> storage) {
  check(storage != nullptr, "storage: must not be null");
  return storage;
}

}  // namespace

ImageGallery::Impl::Impl(std::unique_ptr<StorageBackend> backend, GalleryOptions gallery_options)
    : options(checked(std::move(gallery_options))),
      reports(std::make_shared<ErrorReports>(options.on_error)),
      health(std::make_shared<Health>(options.now, reports)),
      status_problems(reports),
      storage(std::make_shared<WatchedStorage>(checked(std::move(backend)), health)),
      decode_slots({.slots = options.max_concurrent_decodes,
                    .max_memory_bytes = options.max_total_decode_memory,
                    .max_wait = options.max_decode_wait}),
      totals(*storage),
      etags(*storage, options, *reports) {}

std::optional<ImageRecord> ImageGallery::Impl::find(std::string_view tenant,
                                                    std::string_view key) const {
  if (!is_file_name(key)) return std::nullopt;
  return storage->find(tenant, key);
}

ImageRecord ImageGallery::Impl::get(std::string_view tenant, std::string_view key) const {
  if (auto record = find(tenant, key)) return std::move(*record);
  throw Error(ErrorCode::not_found, "Requested item wasn't found!");
}

const Limits& ImageGallery::Impl::default_limits(std::string_view tenant) const noexcept {
  return tenant.empty() ? options.system_limits : options.limits;
}

std::shared_ptr<const ByteSource> ImageGallery::Impl::open(const ContentId& content,
                                                           std::uint64_t size,
                                                           ContentOwner owner) const {
  return std::make_shared<StoredContent>(storage, content, size, std::move(owner));
}

PendingInfo::PendingInfo(const std::vector<PreviewPreset>& presets) {
  constexpr std::size_t max_text = 64;  // no media type and no ETag is longer
  info_.descriptor.more_previews.resize(presets.size() - 1);
  originals_.resize(presets.size());
  for (std::size_t i = 0; i < presets.size(); ++i) {
    originals_[i].preset = presets[i].name;
    originals_[i].media_type.reserve(max_text);
    originals_[i].etag.reserve(max_text);
  }
}

ImageInfo PendingInfo::fill(ImageRecord&& record) && {
  const auto& original = record.descriptor;
  for (std::size_t i = 0; i < originals_.size(); ++i) {
    const auto stored = std::find_if(
        record.previews.begin(), record.previews.end(),
        [&](const auto& preview) { return preview.descriptor.preset == originals_[i].preset; });
    // For a preset that is newer than the image, use the original until previews are rebuilt.
    auto& preview = stored == record.previews.end() ? originals_[i] : stored->descriptor;
    if (&preview == &originals_[i]) static_cast<ContentDescriptor&>(preview) = original;
    (i == 0 ? info_.descriptor.preview : info_.descriptor.more_previews[i - 1]) =
        std::move(preview);
  }
  info_.id = record.id;
  info_.tenant = std::move(record.tenant);
  info_.ref.scope = info_.tenant.empty() ? Scope::system : Scope::tenant;
  info_.ref.key = std::move(record.key);
  info_.revision = record.revision;
  info_.title = std::move(record.title);
  info_.file_name = std::move(record.file_name);
  info_.sub_type = record.sub_type;
  info_.is_public = record.is_public;
  info_.public_key = std::move(record.public_key);
  info_.created_at = record.created_at;
  info_.updated_at = record.updated_at;
  static_cast<ContentDescriptor&>(info_.descriptor) = std::move(record.descriptor);
  info_.descriptor.frames = record.frames;
  info_.descriptor.has_alpha = record.has_alpha;
  return std::move(info_);
}

ImageInfo ImageGallery::Impl::info_of(ImageRecord record) const {
  return PendingInfo{options.presets}.fill(std::move(record));
}

ImageGallery::ImageGallery(std::unique_ptr<StorageBackend> storage, GalleryOptions options)
    : impl_(std::make_unique<Impl>(std::move(storage), std::move(options))) {}

ImageGallery::ImageGallery(ImageGallery&&) noexcept = default;
ImageGallery& ImageGallery::operator=(ImageGallery&&) noexcept = default;
ImageGallery::~ImageGallery() = default;

const GalleryOptions& ImageGallery::options() const noexcept { return impl_->options; }

Usage ImageGallery::usage(const Principal& who, std::string_view tenant) const try {
  if (who.role() != Role::system_admin) {
    require(who, Scope::tenant, Right::read_records);
    if (who.tenant() != tenant) require_system_admin(who);
  }
  const auto stored = impl_->storage->usage(tenant);
  return {.images = stored.images,
          .bytes = stored.bytes,
          .limits = effective_limits(stored.limits, impl_->default_limits(tenant)),
          .own_limits = stored.limits};
} catch (const Error&) {
  rethrow_with_context("usage", tenant);
}

Usage ImageGallery::usage(const Principal& who) const { return usage(who, who.tenant()); }

void ImageGallery::set_limits(const Principal& who, std::string_view tenant,
                              const TenantLimits& limits) try {
  require_system_admin(who);
  // Principal validates the tenant's name; the empty name means the system.
  if (!tenant.empty()) (void)Principal::tenant_admin(std::string{tenant});
  impl_->commit_one(who, SetTenantLimits{std::string{tenant}, limits});
} catch (const Error&) {
  rethrow_with_context("set_limits", tenant);
}

ChangeFeed ImageGallery::changes_since(std::uint64_t sequence, std::uint32_t max_events) const try {
  return impl_->storage->changes_since(sequence, max_events);
} catch (const Error&) {
  rethrow_with_context("changes_since");
}

GalleryStats ImageGallery::stats() const {
  StorageStatus status;
  try {
    status = impl_->storage->status();
  } catch (...) {
    impl_->reports->report_current(ErrorSource::storage, "status");
  }
  return {.uploads = impl_->uploads,
          .reads = impl_->reads,
          .not_modified = impl_->not_modified,
          .changes = impl_->changes,
          .decodes = impl_->decodes,
          .decode_failures = impl_->decode_failures,
          .bytes_in = impl_->bytes_in,
          .etag_cache = impl_->etags.stats(),
          .errors = impl_->reports->counts(),
          .log_bytes = status.log_bytes == 0 ? std::nullopt : std::optional{status.log_bytes},
          .free_bytes = status.free_bytes};
}

ErrorSink ImageGallery::error_sink() const {
  return [reports = std::weak_ptr{impl_->reports}](const ErrorReport& report) {
    if (const auto held = reports.lock()) held->report(report);
  };
}

}  // namespace imagegallery
