// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/storage_backend.hpp>

#include <memory>

namespace imagegallery {

/// A storage that passes every call on to another one: the base of a host's decorator, which
/// overrides only what it changes (examples/custom_backend).
///
/// Thread safety, visibility, durability and errors are those of the storage behind it.
class IMAGEGALLERY_EXPORT ForwardingBackend : public StorageBackend {
 public:
  /// The storage behind it may be shared: several decorators over one storage are as good as one.
  /// Throws: `invalid_argument` for a null storage.
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
  void put_content(std::string_view tenant, const ContentId& content, const ByteSource& source,
                   Time now) override;
  void drop_content(const ContentId& content) override;
  std::vector<ChangeResult> commit(std::span<const Change> changes) override;
  [[nodiscard]] ChangeFeed changes_since(std::uint64_t after,
                                         std::uint32_t max_events) const override;
  bool sweep(Time content_before, Time changes_before) override;

 protected:
  /// The storage behind this one.
  [[nodiscard]] StorageBackend& next() const noexcept { return *next_; }

 private:
  std::shared_ptr<StorageBackend> next_;
};

}  // namespace imagegallery
