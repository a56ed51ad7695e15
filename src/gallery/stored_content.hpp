// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>
#include <imagegallery/storage_backend.hpp>

#include <memory>
#include <string>
#include <utility>

#include "gallery/error_context.hpp"

namespace imagegallery {

/// The name of the operation, and the image, that errors of a read mention.
struct ContentOwner {
  std::string_view operation;  ///< A literal; empty: errors stay as they are.
  std::string tenant;
  std::string key;
};

/// A source that reads stored content. It shares ownership of the storage, so it may outlive the
/// gallery.
class StoredContent final : public ByteSource {
 public:
  StoredContent(std::shared_ptr<const StorageBackend> storage, const ContentId& content,
                std::uint64_t size, ContentOwner owner = {})
      : storage_(std::move(storage)), content_(content), size_(size), owner_(std::move(owner)) {}

  [[nodiscard]] std::uint64_t size() const override { return size_; }
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    try {
      return storage_->read_at(content_, offset, into);
    } catch (const Error&) {
      if (owner_.operation.empty()) throw;
      rethrow_with_context(owner_.operation, owner_.tenant, owner_.key);
    }
  }

 private:
  const std::shared_ptr<const StorageBackend> storage_;
  const ContentId content_;
  const std::uint64_t size_;
  const ContentOwner owner_;
};

}  // namespace imagegallery
