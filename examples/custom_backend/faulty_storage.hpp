// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/storage/forwarding.hpp>

#include <cstdint>
#include <memory>
#include <mutex>

namespace custom_backend {

/// Decides which storage calls fail. Thread safety: every method may be called from any thread.
class FaultPlan {
 public:
  /// Makes the `nth` call from now on fail, from 1, and with `from_then_on` all later ones.
  void arm(std::uint64_t nth, bool from_then_on = false);
  void disarm();

  /// Whether a call has failed since `arm`.
  [[nodiscard]] bool triggered() const;

  /// Counts a call. Throws: `storage_failure` with its name if it is to fail.
  void visit(const char* call);

 private:
  mutable std::mutex mutex_;
  std::uint64_t calls_left_ = 0;  // Until one fails; 0 for never.
  bool from_then_on_ = false;
  bool triggered_ = false;
};

/// Makes calls fail according to a plan, before they have any effect: to test how a program handles
/// a failing disk.
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
  std::size_t verify_at(const imagegallery::ContentId& content, std::uint64_t offset,
                        std::span<std::byte> into) const override;
  std::vector<imagegallery::ContentId> find_quarantined(std::string_view tenant,
                                                        std::string_view etag,
                                                        std::uint64_t size) const override;
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
