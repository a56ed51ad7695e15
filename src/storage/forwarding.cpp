// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/storage/forwarding.hpp>

#include <imagegallery/error.hpp>

#include <utility>

namespace imagegallery {

ForwardingBackend::ForwardingBackend(std::shared_ptr<StorageBackend> next)
    : next_(std::move(next)) {
  if (!next_) throw Error(ErrorCode::invalid_argument, "next: must not be null");
}

ForwardingBackend::~ForwardingBackend() = default;

std::optional<ImageRecord> ForwardingBackend::find(std::string_view tenant,
                                                   std::string_view key) const {
  return next_->find(tenant, key);
}

std::optional<ImageRecord> ForwardingBackend::find_public(std::string_view public_key) const {
  return next_->find_public(public_key);
}

std::optional<ImageRecord> ForwardingBackend::find_content(std::string_view tenant,
                                                           std::string_view etag,
                                                           std::uint64_t size) const {
  return next_->find_content(tenant, etag, size);
}

std::vector<ImageRecord> ForwardingBackend::list(const ListRequest& request) const {
  return next_->list(request);
}

std::uint64_t ForwardingBackend::count(const ListRequest& request) const {
  return next_->count(request);
}

std::vector<ImageUse> ForwardingBackend::uses(std::string_view tenant, const ImageId& id) const {
  return next_->uses(tenant, id);
}

TenantUsage ForwardingBackend::usage(std::string_view tenant) const { return next_->usage(tenant); }

std::size_t ForwardingBackend::read_at(const ContentId& content, std::uint64_t offset,
                                       std::span<std::byte> into) const {
  return next_->read_at(content, offset, into);
}

std::size_t ForwardingBackend::verify_at(const ContentId& content, std::uint64_t offset,
                                         std::span<std::byte> into) const {
  return next_->verify_at(content, offset, into);
}

std::vector<ContentId> ForwardingBackend::find_quarantined(std::string_view tenant,
                                                           std::string_view etag,
                                                           std::uint64_t size) const {
  return next_->find_quarantined(tenant, etag, size);
}

void ForwardingBackend::put_content(std::string_view tenant, const ContentId& content,
                                    const ByteSource& source, Time now) {
  next_->put_content(tenant, content, source, now);
}

void ForwardingBackend::drop_content(const ContentId& content) { next_->drop_content(content); }

std::vector<ChangeResult> ForwardingBackend::commit(std::span<const Change> changes) {
  return next_->commit(changes);
}

ChangeFeed ForwardingBackend::changes_since(std::uint64_t after, std::uint32_t max_events) const {
  return next_->changes_since(after, max_events);
}

bool ForwardingBackend::sweep(Time content_before, Time changes_before) {
  return next_->sweep(content_before, changes_before);
}

StorageStatus ForwardingBackend::status() const { return next_->status(); }

void ForwardingBackend::check_write() { next_->check_write(); }

}  // namespace imagegallery
