// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/storage_backend.hpp>

#include <memory>

namespace imagegallery {

/// A storage that forwards every call to another storage: a base class for decorators, which
/// override only the methods they change (examples/custom_backend).
///
/// Thread safety, visibility, durability and errors are those of the other storage.
class IMAGEGALLERY_EXPORT ForwardingBackend : public StorageBackend {
 public:
  /// Forwards to `next`, which several decorators may share.
  /// Throws: `invalid_argument` if `next` is null.
  explicit ForwardingBackend(std::shared_ptr<StorageBackend> next);
  ~ForwardingBackend() override;

  [[nodiscard]] std::optional<ImageRecord> find(std::string_view tenant,
                                                std::string_view key) const override;
  [[nodiscard]] std::optional<ImageRecord> find_public(std::string_view public_key) const override;
  [[nodiscard]] std::optional<ImageRecord> find_content(std::string_view tenant,
                                                        std::string_view etag,
                                                        std::uint64_t size) const override;
  [[nodiscard]] std::vector<ImageRecord> list(const ListRequest& request) const override;
  [[nodiscard]] std::uint64_t count(const ListRequest& request) const override;
  [[nodiscard]] std::vector<ImageUse> uses(std::string_view tenant,
                                           const ImageId& id) const override;
  [[nodiscard]] TenantUsage usage(std::string_view tenant) const override;
  std::size_t read_at(const ContentId& content, std::uint64_t offset,
                      std::span<std::byte> into) const override;
  std::size_t verify_at(const ContentId& content, std::uint64_t offset,
                        std::span<std::byte> into) const override;
  [[nodiscard]] std::vector<ContentId> find_quarantined(std::string_view tenant,
                                                        std::string_view etag,
                                                        std::uint64_t size) const override;
  void put_content(std::string_view tenant, const ContentId& content, const ByteSource& source,
                   Time now) override;
  void drop_content(const ContentId& content) override;
  std::vector<ChangeResult> commit(std::span<const Change> changes) override;
  [[nodiscard]] ChangeFeed changes_since(std::uint64_t after,
                                         std::uint32_t max_events) const override;
  bool sweep(Time content_before, Time changes_before) override;
  [[nodiscard]] StorageStatus status() const override;
  void check_write() override;

 protected:
  /// The storage that calls are forwarded to.
  [[nodiscard]] StorageBackend& next() const noexcept { return *next_; }

 private:
  std::shared_ptr<StorageBackend> next_;
};

}  // namespace imagegallery
