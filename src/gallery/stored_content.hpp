// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>
#include <imagegallery/storage_backend.hpp>

#include <memory>
#include <utility>

namespace imagegallery {

/// A source that reads stored content. It shares ownership of the storage, so it may outlive the
/// gallery.
class StoredContent final : public ByteSource {
 public:
  StoredContent(std::shared_ptr<const StorageBackend> storage, const ContentId& content,
                std::uint64_t size)
      : storage_(std::move(storage)), content_(content), size_(size) {}

  [[nodiscard]] std::uint64_t size() const override { return size_; }
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    return storage_->read_at(content_, offset, into);
  }

 private:
  const std::shared_ptr<const StorageBackend> storage_;
  const ContentId content_;
  const std::uint64_t size_;
};

}  // namespace imagegallery
