// SPDX-License-Identifier: Apache-2.0
// The operations that change an existing image.
#include <imagegallery/gallery.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

#include "gallery/case_folding.hpp"
#include "gallery/error_context.hpp"
#include "gallery/gallery_impl.hpp"
#include "gallery/image_names.hpp"
#include "utf8.hpp"

namespace imagegallery {
namespace {

// How often a change is retried after concurrent changes. Each failed attempt means that another
// change succeeded, so there is always progress.
constexpr int max_attempts = 100;

void check_text(const char* field, const std::string& text, std::size_t min, std::size_t max) {
  if (text.size() < min || text.size() > max || !is_printable_utf8(text)) {
    throw Error(ErrorCode::invalid_argument,
                std::string{field} + ": must be " + std::to_string(min) + " to " +
                    std::to_string(max) + " bytes of UTF-8 without control characters");
  }
}

ImageUse checked(const Principal& who, ImageUse use) {
  check_text("use.entity_type", use.entity_type, 1, 64);
  check_text("use.entity_id", use.entity_id, 1, 255);
  check_text("use.name", use.name, 0, 255);
  use.tenant = who.tenant();
  return use;
}

// The image's revision after the changes; `before` if none of them changed it.
std::uint64_t last_revision(const std::vector<ChangeResult>& results, const ImageId& image,
                            std::uint64_t before) noexcept {
  for (const auto& result : results) {
    for (const auto& event : result.events) {
      if (event.image == image) before = event.sequence;
    }
  }
  return before;
}

RemoveStatus status_of(ChangeOutcome outcome) {
  switch (outcome) {
    case ChangeOutcome::applied:
    case ChangeOutcome::already_done:
      return RemoveStatus::removed;
    case ChangeOutcome::not_found:
      return RemoveStatus::not_found;
    case ChangeOutcome::in_use:
      return RemoveStatus::in_use;
  }
  return RemoveStatus::removed;
}

}  // namespace

std::vector<ChangeResult> ImageGallery::Impl::commit(const Principal& who,
                                                     std::vector<Change> batch) {
  for (auto& change : batch) {
    change.actor = who.user();
    change.at = options.now();
  }
  auto results = storage->commit(batch);
  etags.changed();
  for (const auto& result : results) {
    if (result.outcome == ChangeOutcome::applied) ++changes;
    if (!options.on_event) continue;
    for (const auto& event : result.events) notify(event);
  }
  return results;
}

void ImageGallery::Impl::notify(const Event& event) noexcept {
  try {
    options.on_event(event);
  } catch (...) {
    // The change is committed; an exception of the listener cannot undo it.
    reports->report_current(ErrorSource::on_event, "on_event", event.tenant, event.key);
  }
}

ChangeResult ImageGallery::Impl::commit_one(const Principal& who, decltype(Change::action) action) {
  std::vector<Change> batch(1);
  batch.front().action = std::move(action);
  return std::move(commit(who, std::move(batch)).front());
}

Committed ImageGallery::Impl::update(const Principal& who, const std::string& tenant,
                                     std::string_view key, ChangeKind kind,
                                     const ChangeOptions& change_options,
                                     const std::function<bool(ImageRecord&)>& edit,
                                     const std::vector<decltype(Change::action)>& repairs) {
  for (int attempt = 1;; ++attempt) {
    auto record = get(tenant, key);
    const auto content = record.content;
    const auto revision = record.revision;
    if (change_options.expected_revision && *change_options.expected_revision != revision) {
      throw Error(ErrorCode::conflict, "The image was changed meanwhile: it is at revision " +
                                           std::to_string(revision) + ", not " +
                                           std::to_string(*change_options.expected_revision));
    }
    const bool is_edited = edit(record);
    if (!is_edited && repairs.empty()) return {info_of(std::move(record)), content};
    std::vector<Change> batch;
    if (is_edited) {
      // Always later than before, whatever the clock does: Last-Modified must distinguish two
      // states.
      record.updated_at = std::max(options.now(), record.updated_at + std::chrono::milliseconds{1});
      batch.emplace_back().action = UpdateImage{.record = record,
                                                .expected_revision = revision,
                                                .kind = kind,
                                                .default_limits = default_limits(tenant)};
    }
    for (const auto& repair : repairs) batch.emplace_back().action = repair;
    PendingInfo pending{options.presets};
    try {
      auto results = commit(who, std::move(batch));
      // The repairs may have changed this image as well, and given it the edited previews.
      if (is_edited && repairs.empty()) record = std::move(*results.front().record);
      record.revision = last_revision(results, record.id, record.revision);
      const auto new_content = record.content;
      return {std::move(pending).fill(std::move(record)), new_content};
    } catch (const Error& error) {
      if (error.code() != ErrorCode::conflict || change_options.expected_revision ||
          attempt == max_attempts) {
        throw;
      }
    }
  }
}

ImageInfo ImageGallery::rename(const Principal& who, const ImageRef& ref, std::string_view title,
                               const ChangeOptions& options) try {
  const auto& tenant = require(who, ref.scope, Right::write);
  const auto new_title = checked_title(title);
  const auto edit = [&](ImageRecord& record) {
    if (record.title == new_title) return false;
    record.title = new_title;
    record.folded_title = fold_case(new_title);
    return true;
  };
  return impl_->update(who, tenant, ref.key, ChangeKind::renamed, options, edit).info;
} catch (const Error&) {
  rethrow_with_context("rename", who, ref);
}

ImageInfo ImageGallery::set_public(const Principal& who, const ImageRef& ref, bool is_public,
                                   const ChangeOptions& options) try {
  const auto& tenant = require(who, ref.scope, Right::write);
  const auto kind = is_public ? ChangeKind::published : ChangeKind::unpublished;
  const auto edit = [&](ImageRecord& record) {
    if (record.is_public == is_public) return false;
    record.is_public = is_public;
    return true;
  };
  return impl_->update(who, tenant, ref.key, kind, options, edit).info;
} catch (const Error&) {
  rethrow_with_context("set_public", who, ref);
}

ImageInfo ImageGallery::Impl::replace(const Principal& who, const std::string& tenant,
                                      std::string_view key, const Replacement& replacement,
                                      const ByteSource& source,
                                      const ChangeOptions& change_options) {
  (void)get(tenant, key);  // throw `not_found` before reading the bytes
  const auto change = [&](const IngestedContent& ingested) {
    const auto edit = [&](ImageRecord& record) {
      auto before = record;
      if (!replacement.file_name.empty()) record.file_name = replacement.file_name;
      if (!replacement.title.empty()) {
        record.title = replacement.title;
        record.folded_title = fold_case(record.title);
      }
      ingested.assign_to(record);
      before.previews = record.previews;  // they belong to the content
      return record != before;
    };
    return update(who, tenant, key, ChangeKind::replaced, change_options, edit, ingested.repairs);
  };
  return ingest_and_commit(tenant, source, replacement.may_decode, change);
}

ImageInfo ImageGallery::replace(const Principal& who, const ImageRef& ref, const Upload& upload,
                                const ChangeOptions& options) try {
  const auto& tenant = require(who, ref.scope, Right::write);
  const auto& file_name = upload.options().file_name;
  if (!file_name.empty()) (void)checked_file_name("file_name", file_name);
  return impl_->replace(who, tenant, ref.key, {file_name, {}}, upload.source(), options);
} catch (const Error&) {
  rethrow_with_context("replace", who, ref);
}

RemoveResult ImageGallery::Impl::try_remove(const Principal& who, std::span<const ImageRef> refs,
                                            const RemoveOptions& remove_options) {
  RemoveResult result;
  std::vector<Change> batch;
  std::vector<std::size_t> outcome_of;  // the outcome of each change in the batch
  for (const auto& ref : refs) {
    auto& outcome = result.outcomes.emplace_back();
    outcome.ref = ref;
    if (!may(who, ref.scope, Right::write)) {
      outcome.status = RemoveStatus::permission_denied;
      continue;
    }
    const auto& tenant = owner_of(who, ref.scope);
    const auto record = find(tenant, ref.key);
    if (!record) {
      outcome.status = RemoveStatus::not_found;
      continue;
    }
    const auto& expected = remove_options.expected_revision;
    if (expected && *expected != record->revision) {
      outcome.status = RemoveStatus::conflict;
      continue;
    }
    Change change;
    change.action = RemoveImage{.tenant = tenant,
                                .id = record->id,
                                .expected_revision = expected,
                                .even_if_used = remove_options.force};
    batch.push_back(std::move(change));
    outcome_of.push_back(result.outcomes.size() - 1);
  }
  if (batch.empty()) return result;

  auto results = commit(who, std::move(batch));
  for (std::size_t i = 0; i < results.size(); ++i) {
    auto& outcome = result.outcomes[outcome_of[i]];
    outcome.status = status_of(results[i].outcome);
    outcome.uses = std::move(results[i].uses);
  }
  return result;
}

RemoveResult ImageGallery::remove(const Principal& who, std::span<const ImageRef> refs,
                                  const RemoveOptions& options) try {
  for (;;) {
    try {
      return impl_->try_remove(who, refs, options);
    } catch (const Error& error) {
      // An image was changed between the lookup and the commit. The next lookup finds out which.
      if (error.code() != ErrorCode::conflict) throw;
    }
  }
} catch (const Error&) {
  rethrow_with_context("remove", who, refs.size() == 1 ? refs.front() : ImageRef{});
}

RemoveResult ImageGallery::remove(const Principal& who, const ImageRef& ref,
                                  const RemoveOptions& options) {
  return remove(who, std::span{&ref, 1}, options);
}

void ImageGallery::attach(const Principal& who, const ImageRef& ref, const ImageUse& use) try {
  const auto& tenant = require(who, ref.scope, Right::read_records);
  auto checked_use = checked(who, use);
  impl_->commit_one(who, AttachUse{tenant, impl_->get(tenant, ref.key).id, std::move(checked_use)});
} catch (const Error&) {
  rethrow_with_context("attach", who, ref);
}

void ImageGallery::detach(const Principal& who, const ImageRef& ref, const ImageUse& use) try {
  const auto& tenant = require(who, ref.scope, Right::read_records);
  auto checked_use = checked(who, use);
  impl_->commit_one(who, DetachUse{tenant, impl_->get(tenant, ref.key).id, std::move(checked_use)});
} catch (const Error&) {
  rethrow_with_context("detach", who, ref);
}

std::vector<ImageUse> ImageGallery::uses(const Principal& who, const ImageRef& ref) const try {
  const auto& tenant = require(who, ref.scope, Right::read_records);
  auto uses = impl_->storage->uses(tenant, impl_->get(tenant, ref.key).id);
  if (who.role() != Role::system_admin) {
    std::erase_if(uses, [&](const auto& other) { return other.tenant != who.tenant(); });
  }
  return uses;
} catch (const Error&) {
  rethrow_with_context("uses", who, ref);
}

}  // namespace imagegallery
