// SPDX-License-Identifier: Apache-2.0
#include "faulty_storage.hpp"

#include <imagegallery/error.hpp>

#include <string>
#include <utility>

namespace custom_backend {

using namespace imagegallery;

void FaultPlan::arm(std::uint64_t nth, bool from_then_on) {
  const std::lock_guard lock{mutex_};
  calls_left_ = nth;
  from_then_on_ = from_then_on;
  triggered_ = false;
}

void FaultPlan::disarm() {
  const std::lock_guard lock{mutex_};
  calls_left_ = 0;
}

bool FaultPlan::triggered() const {
  const std::lock_guard lock{mutex_};
  return triggered_;
}

void FaultPlan::visit(const char* call) {
  const std::lock_guard lock{mutex_};
  if (calls_left_ == 0) return;
  if (calls_left_ > 1) {
    --calls_left_;
    return;
  }
  if (!from_then_on_) calls_left_ = 0;
  triggered_ = true;
  throw Error(ErrorCode::storage_failure, std::string{call} + ": failed as planned");
}

FaultyStorage::FaultyStorage(std::shared_ptr<StorageBackend> next, std::shared_ptr<FaultPlan> plan)
    : ForwardingBackend(std::move(next)), plan_(std::move(plan)) {}

std::optional<ImageRecord> FaultyStorage::find(std::string_view tenant,
                                               std::string_view key) const {
  plan_->visit("find");
  return next().find(tenant, key);
}

std::optional<ImageRecord> FaultyStorage::find_public(std::string_view public_key) const {
  plan_->visit("find_public");
  return next().find_public(public_key);
}

std::optional<ImageRecord> FaultyStorage::find_content(std::string_view tenant,
                                                       std::string_view etag,
                                                       std::uint64_t size) const {
  plan_->visit("find_content");
  return next().find_content(tenant, etag, size);
}

std::vector<ImageRecord> FaultyStorage::list(const ListRequest& request) const {
  plan_->visit("list");
  return next().list(request);
}

std::uint64_t FaultyStorage::count(const ListRequest& request) const {
  plan_->visit("count");
  return next().count(request);
}

std::vector<ImageUse> FaultyStorage::uses(std::string_view tenant, const ImageId& id) const {
  plan_->visit("uses");
  return next().uses(tenant, id);
}

TenantUsage FaultyStorage::usage(std::string_view tenant) const {
  plan_->visit("usage");
  return next().usage(tenant);
}

std::size_t FaultyStorage::read_at(const ContentId& content, std::uint64_t offset,
                                   std::span<std::byte> into) const {
  plan_->visit("read_at");
  return next().read_at(content, offset, into);
}

std::size_t FaultyStorage::verify_at(const ContentId& content, std::uint64_t offset,
                                     std::span<std::byte> into) const {
  plan_->visit("verify_at");
  return next().verify_at(content, offset, into);
}

std::vector<ContentId> FaultyStorage::find_quarantined(std::string_view tenant,
                                                       std::string_view etag,
                                                       std::uint64_t size) const {
  plan_->visit("find_quarantined");
  return next().find_quarantined(tenant, etag, size);
}

void FaultyStorage::put_content(std::string_view tenant, const ContentId& content,
                                const ByteSource& source, Time now) {
  plan_->visit("put_content");
  next().put_content(tenant, content, source, now);
}

void FaultyStorage::drop_content(const ContentId& content) {
  plan_->visit("drop_content");
  next().drop_content(content);
}

std::vector<ChangeResult> FaultyStorage::commit(std::span<const Change> changes) {
  plan_->visit("commit");
  return next().commit(changes);
}

ChangeFeed FaultyStorage::changes_since(std::uint64_t after, std::uint32_t max_events) const {
  plan_->visit("changes_since");
  return next().changes_since(after, max_events);
}

bool FaultyStorage::sweep(Time content_before, Time changes_before) {
  plan_->visit("sweep");
  return next().sweep(content_before, changes_before);
}

}  // namespace custom_backend
