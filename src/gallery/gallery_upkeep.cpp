// SPDX-License-Identifier: Apache-2.0
// Periodic maintenance.
#include <imagegallery/gallery.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <new>
#include <set>
#include <utility>

#include "gallery/error_context.hpp"
#include "gallery/gallery_impl.hpp"

namespace imagegallery {
namespace {

constexpr std::uint32_t records_per_page = 100;

// Calls `visit` for every image of every tenant. Lists in pages, so that no transaction is long.
void for_each_record(const StorageBackend& storage,
                     const std::function<void(const ImageRecord&)>& visit) {
  ListRequest request;
  request.every_tenant = true;
  request.sort_by = SortBy::id;
  request.sort_order = SortOrder::ascending;
  request.count = records_per_page;
  for (;;) {
    const auto records = storage.list(request);
    for (const auto& record : records) visit(record);
    if (records.size() < records_per_page) return;
    request.after = ListPosition{.number = 0, .title = {}, .id = records.back().id};
  }
}

bool is_gone(const Error& error) { return error.code() == ErrorCode::not_found; }

// Stored content, quarantined or not, past the caches of the storage.
class ContentOnDisk final : public ByteSource {
 public:
  ContentOnDisk(const StorageBackend& storage, const ContentId& content, std::uint64_t size)
      : storage_(storage), content_(content), size_(size) {}

  [[nodiscard]] std::uint64_t size() const override { return size_; }
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    return storage_.verify_at(content_, offset, into);
  }

 private:
  const StorageBackend& storage_;
  const ContentId content_;
  const std::uint64_t size_;
};

enum class State { intact, damaged, unreadable, gone };

State state_of(const ByteSource& source, const std::string& etag) {
  try {
    return hash_source(source) == etag ? State::intact : State::damaged;
  } catch (const Error& error) {
    switch (error.code()) {
      case ErrorCode::not_found:
        return State::gone;
      case ErrorCode::corrupt_data:
      case ErrorCode::conflict:  // it is too short
        return State::damaged;
      case ErrorCode::storage_failure:
        return State::unreadable;
      default:
        throw;
    }
  }
}

}  // namespace

// Verifies all content, each only once even if several images share it.
class ImageGallery::Impl::Verifier {
 public:
  explicit Verifier(Impl& gallery) : gallery_(gallery) {}

  VerifyReport run() {
    for_each_record(*gallery_.storage, [&](const ImageRecord& record) { check(record); });
    return std::move(report_);
  }

 private:
  void check(const ImageRecord& record) {
    ++report_.images;
    const auto original = verify(record, record.content, record.descriptor);
    if (original == State::gone) return;  // replaced or removed since it was listed
    if (original != State::intact) report(record, "original", record.content, original);
    for (const auto& preview : record.previews) {
      if (preview.content == record.content) continue;
      const auto& preset = preview.descriptor.preset;
      const auto state = verify(record, preview.content, preview.descriptor);
      if (state == State::intact || state == State::gone) continue;
      if (state == State::damaged && original == State::intact && rebuild(record)) {
        report_.damage.push_back({record.tenant, record.key, preset, true});
        return;  // all previews of the content are new
      }
      report(record, preset, preview.content, state);
    }
  }

  // Once for all images that share the previews.
  bool rebuild(const ImageRecord& record) {
    if (rebuilt_.contains(record.content)) return true;
    if (!gallery_.rebuild(record)) return false;
    rebuilt_.insert(record.content);
    return true;
  }

  State verify(const ImageRecord& record, const ContentId& content,
               const ContentDescriptor& descriptor) {
    if (const auto known = states_.find(content); known != states_.end()) return known->second;
    auto state = state_of(*gallery_.open(content, descriptor.size), descriptor.etag);
    if (state == State::damaged || state == State::unreadable) {
      const bool may_be_quarantined = state == State::damaged;
      const ContentOnDisk on_disk{*gallery_.storage, content, descriptor.size};
      state = state_of(on_disk, descriptor.etag);
      if (state == State::intact && may_be_quarantined) release(record.tenant, content);
      // The record may have been read wrongly as well, or changed since it was listed.
      if (state == State::damaged && !is_current(record)) return State::gone;
    }
    if (state != State::gone) report_.bytes += descriptor.size;
    states_.emplace(content, state);
    return state;
  }

  bool is_current(const ImageRecord& record) const {
    const auto now = gallery_.storage->find(record.tenant, record.key);
    return now && now->content == record.content && now->descriptor == record.descriptor &&
           now->previews == record.previews;
  }

  void release(const std::string& tenant, const ContentId& content) {
    if (commit(ReleaseContent{tenant, content}) == ChangeOutcome::applied) ++report_.released;
  }

  void report(const ImageRecord& record, const std::string& what, const ContentId& content,
              State state) {
    const bool unreadable = state == State::unreadable;
    report_.damage.push_back({record.tenant, record.key, what, false, unreadable});
    report_damage(record, what, unreadable);
    if (unreadable || !quarantined_.insert(content).second) return;
    (void)commit(QuarantineContent{record.tenant, content});
  }

  ChangeOutcome commit(decltype(Change::action) action) {
    try {
      return gallery_.commit_one(Principal::system_admin(), std::move(action)).outcome;
    } catch (const Error& error) {
      if (!is_gone(error)) throw;
      return ChangeOutcome::not_found;
    }
  }

  void report_damage(const ImageRecord& record, const std::string& what, bool unreadable) {
    try {
      if (unreadable) {
        throw Error(ErrorCode::storage_failure, "The stored bytes cannot be read: " + what);
      }
      throw Error(ErrorCode::corrupt_data, "The stored bytes are damaged: " + what);
    } catch (const Error&) {
      gallery_.reports->report_current(ErrorSource::upkeep, "verify", record.tenant, record.key);
    }
  }

  Impl& gallery_;
  VerifyReport report_;
  std::map<ContentId, State> states_;
  std::set<ContentId> quarantined_;
  std::set<ContentId> rebuilt_;
};

void ImageGallery::Impl::check_health() {
  const auto before = health->get();
  try {
    // A place that no change has reached: reads from the storage, but no events.
    (void)storage->changes_since(std::numeric_limits<std::int64_t>::max(), 1);
    storage->check_write();
    const auto status = storage->status();
    status_problems.check(status);
    // Small changes may succeed on a disk without room for images.
    const bool still_full = before.code == ErrorCode::storage_full && status.problem &&
                            status.problem->code() == ErrorCode::storage_full;
    if (!still_full) health->succeeded(true);
  } catch (const Error& error) {
    if (!is_write_failure(error.code())) return;  // Busy: it is not known.
    health->failed(error.code());
    if (before.code != error.code()) {
      reports->report_current(ErrorSource::storage, "check_health");
    }
  } catch (const std::bad_alloc&) {
    throw;
  } catch (...) {
    health->failed(ErrorCode::storage_failure);
    if (before.healthy) reports->report_current(ErrorSource::storage, "check_health");
  }
}

bool ImageGallery::Impl::rebuild(const ImageRecord& record) {
  const auto source = open(record.content, record.descriptor.size);
  std::vector<PreviewRecord> previews;
  try {
    previews = store_previews(record.tenant, *source, read_header(*source), record.content,
                              record.descriptor);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::storage_failure || error.code() == ErrorCode::storage_full ||
        error.code() == ErrorCode::read_only) {
      throw;
    }
    if (is_gone(error)) return false;
    reports->report_current(ErrorSource::upkeep, "rebuild_previews", record.tenant, record.key);
    return false;  // keep the old previews
  }
  try {
    commit_one(Principal::system_admin(), ReplacePreviews{record.tenant, record.content, previews});
    return true;
  } catch (const Error& error) {
    drop_previews(record.content, previews);
    if (!is_gone(error)) throw;
    return false;
  }
}

VerifyReport ImageGallery::verify() try {
  return Impl::Verifier(*impl_).run();
} catch (const Error&) {
  rethrow_with_context("verify");
}

std::uint64_t ImageGallery::rebuild_previews() try {
  std::uint64_t rebuilt = 0;
  const auto& presets = impl_->options.presets;
  for_each_record(*impl_->storage, [&](const ImageRecord& listed) {
    // Read it again: an earlier image with the same content may have got new previews.
    const auto record = impl_->find(listed.tenant, listed.key);
    if (!record) return;
    const bool same = std::equal(
        record->previews.begin(), record->previews.end(), presets.begin(), presets.end(),
        [](const PreviewRecord& preview, const PreviewPreset& preset) {
          return preview.descriptor.preset == preset.name && preview.recipe == recipe_of(preset);
        });
    if (!same && impl_->rebuild(*record)) ++rebuilt;
  });
  return rebuilt;
} catch (const Error&) {
  rethrow_with_context("rebuild_previews");
}

bool ImageGallery::sweep() try {
  impl_->status_problems.check(impl_->storage->status());
  const auto now = impl_->options.now();
  return impl_->storage->sweep(now - impl_->options.content_grace,
                               now - impl_->options.change_log_age);
} catch (const Error&) {
  rethrow_with_context("sweep");
}

GalleryHealth ImageGallery::health() const { return impl_->health->get(); }

GalleryHealth ImageGallery::check_health() {
  impl_->check_health();
  return health();
}

}  // namespace imagegallery
