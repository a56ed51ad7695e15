// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/storage/forwarding.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace custom_backend {

/// Writes down every commit: what was asked, by whom, and how it ended. Unlike the gallery's
/// events, which tell what happened, an audit also tells what was refused.
class AuditedStorage final : public imagegallery::ForwardingBackend {
 public:
  /// Takes a line without its end. Called on the committing thread, by many at once; must not
  /// throw.
  using Sink = std::function<void(const std::string& line)>;

  AuditedStorage(std::shared_ptr<imagegallery::StorageBackend> next, Sink sink);

  std::vector<imagegallery::ChangeResult> commit(
      std::span<const imagegallery::Change> changes) override;

 private:
  Sink sink_;
};

}  // namespace custom_backend
