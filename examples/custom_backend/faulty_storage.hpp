// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/storage/forwarding.hpp>

#include <cstdint>
#include <memory>
#include <mutex>

namespace custom_backend {

/// When calls to a storage fail. All of it may be called from any thread.
class FaultPlan {
 public:
  /// The `nth` call from now fails, from 1; with `from_then_on` all that follow, too.
  void arm(std::uint64_t nth, bool from_then_on = false);
  void disarm();

  /// Whether a call has failed since `arm`.
  [[nodiscard]] bool struck() const;

  /// Counts a call. Throws: `storage_failure` naming it, where it is to fail.
  void visit(const char* call);

 private:
  mutable std::mutex mutex_;
  std::uint64_t calls_left_ = 0;  // Until one fails; 0: none will.
  bool from_then_on_ = false;
  bool struck_ = false;
};

/// Fails where a plan says so, before the call does anything: for tests of what a program does when
/// its disk fails it.
class FaultyStorage final : public imagegallery::ForwardingBackend {
 public:
  FaultyStorage(std::shared_ptr<imagegallery::StorageBackend> next,
                std::shared_ptr<FaultPlan> plan);

  std::optional<imagegallery::ImageRecord> find(std::string_view tenant,
                                                std::string_view key) const override;
  std::optional<imagegallery::ImageRecord> find_public(std::string_view public_key) const override;
  std::optional<imagegallery::ImageRecord> find_content(std::string_view tenant,
                                                        std::string_view etag,
                                                        std::uint64_t size) const override;
  std::vector<imagegallery::ImageRecord> list(
      const imagegallery::ListRequest& request) const override;
  std::uint64_t count(const imagegallery::ListRequest& request) const override;
  std::vector<imagegallery::ImageUse> uses(std::string_view tenant,
                                           const imagegallery::ImageId& id) const override;
  imagegallery::TenantUsage usage(std::string_view tenant) const override;
  std::size_t read_at(const imagegallery::ContentId& content, std::uint64_t offset,
                      std::span<std::byte> into) const override;
  void put_content(std::string_view tenant, const imagegallery::ContentId& content,
                   const imagegallery::ByteSource& source, imagegallery::Time now) override;
  void drop_content(const imagegallery::ContentId& content) override;
  std::vector<imagegallery::ChangeResult> commit(
      std::span<const imagegallery::Change> changes) override;
  imagegallery::ChangeFeed changes_since(std::uint64_t after,
                                         std::uint32_t max_events) const override;
  bool sweep(imagegallery::Time content_before, imagegallery::Time changes_before) override;

 private:
  std::shared_ptr<FaultPlan> plan_;
};

}  // namespace custom_backend
