// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/storage/forwarding.hpp>

#include <memory>
#include <utility>

#include "gallery/health.hpp"

namespace imagegallery {

/// Tells `Health` how the writes to a storage end.
class WatchedStorage final : public ForwardingBackend {
 public:
  WatchedStorage(std::shared_ptr<StorageBackend> next, std::shared_ptr<Health> health)
      : ForwardingBackend(std::move(next)), health_(std::move(health)) {}

  void put_content(std::string_view tenant, const ContentId& content, const ByteSource& source,
                   Time now) override;
  void drop_content(const ContentId& content) override;
  std::vector<ChangeResult> commit(std::span<const Change> changes) override;
  bool sweep(Time content_before, Time changes_before) override;
  void check_write() override;

 private:
  template <typename Write>
  auto watch(const Write& write);

  const std::shared_ptr<Health> health_;
};

}  // namespace imagegallery
