// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/storage/forwarding.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

/// What a `FailingStorage` does. Shared with the test, which changes it between calls.
struct StorageFaults {
  /// Called with the name of each method before it runs. Throws to make it fail.
  std::function<void(std::string_view call)> before{};
  imagegallery::StorageStatus status{};

  void operator()(std::string_view call) const {
    if (before) before(call);
  }
};

/// A storage whose calls fail as the test wants.
class FailingStorage final : public imagegallery::ForwardingBackend {
 public:
  FailingStorage(std::shared_ptr<imagegallery::StorageBackend> next,
                 std::shared_ptr<StorageFaults> faults)
      : ForwardingBackend(std::move(next)), faults_(std::move(faults)) {}

  std::optional<imagegallery::ImageRecord> find(std::string_view tenant,
                                                std::string_view key) const override {
    (*faults_)("find");
    return next().find(tenant, key);
  }
  std::optional<imagegallery::ImageRecord> find_public(std::string_view key) const override {
    (*faults_)("find_public");
    return next().find_public(key);
  }
  std::optional<imagegallery::ImageRecord> find_content(std::string_view tenant,
                                                        std::string_view etag,
                                                        std::uint64_t size) const override {
    (*faults_)("find_content");
    return next().find_content(tenant, etag, size);
  }
  std::vector<imagegallery::ImageRecord> list(
      const imagegallery::ListRequest& request) const override {
    (*faults_)("list");
    return next().list(request);
  }
  std::uint64_t count(const imagegallery::ListRequest& request) const override {
    (*faults_)("count");
    return next().count(request);
  }
  std::vector<imagegallery::ImageUse> uses(std::string_view tenant,
                                           const imagegallery::ImageId& id) const override {
    (*faults_)("uses");
    return next().uses(tenant, id);
  }
  imagegallery::TenantUsage usage(std::string_view tenant) const override {
    (*faults_)("usage");
    return next().usage(tenant);
  }
  std::size_t read_at(const imagegallery::ContentId& content, std::uint64_t offset,
                      std::span<std::byte> into) const override {
    (*faults_)("read_at");
    return next().read_at(content, offset, into);
  }
  std::size_t verify_at(const imagegallery::ContentId& content, std::uint64_t offset,
                        std::span<std::byte> into) const override {
    (*faults_)("verify_at");
    return next().verify_at(content, offset, into);
  }
  std::vector<imagegallery::ContentId> find_quarantined(std::string_view tenant,
                                                        std::string_view etag,
                                                        std::uint64_t size) const override {
    (*faults_)("find_quarantined");
    return next().find_quarantined(tenant, etag, size);
  }
  void put_content(std::string_view tenant, const imagegallery::ContentId& content,
                   const imagegallery::ByteSource& source, imagegallery::Time now) override {
    (*faults_)("put_content");
    next().put_content(tenant, content, source, now);
  }
  void drop_content(const imagegallery::ContentId& content) override {
    (*faults_)("drop_content");
    next().drop_content(content);
  }
  std::vector<imagegallery::ChangeResult> commit(
      std::span<const imagegallery::Change> changes) override {
    (*faults_)("commit");
    return next().commit(changes);
  }
  imagegallery::ChangeFeed changes_since(std::uint64_t after,
                                         std::uint32_t max_events) const override {
    (*faults_)("changes_since");
    return next().changes_since(after, max_events);
  }
  bool sweep(imagegallery::Time content_before, imagegallery::Time changes_before) override {
    (*faults_)("sweep");
    return next().sweep(content_before, changes_before);
  }
  imagegallery::StorageStatus status() const override {
    (*faults_)("status");
    return faults_->status;
  }
  void check_write() override {
    (*faults_)("check_write");
    next().check_write();
  }

 private:
  std::shared_ptr<StorageFaults> faults_;
};

/// Faults under which every call throws a copy of `error`.
template <typename Exception>
std::function<void(std::string_view)> failing_with(Exception error) {
  return [error = std::move(error)](std::string_view) { throw Exception{error}; };
}

/// Faults under which only the method `name` throws a copy of `error`.
template <typename Exception>
std::function<void(std::string_view)> failing_in(std::string_view name, Exception error) {
  return [name, error = std::move(error)](std::string_view call) {
    if (call == name) throw Exception{error};
  };
}
