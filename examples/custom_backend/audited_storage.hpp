// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/storage/forwarding.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace custom_backend {

/// Logs every commit: the requested changes, their actor and their outcome. Unlike the gallery's
/// events, the log includes rejected changes.
class AuditedStorage final : public imagegallery::ForwardingBackend {
 public:
  /// Receives a line without its line end. Called on the committing threads, concurrently; must not
  /// throw.
  using Sink = std::function<void(const std::string& line)>;

  AuditedStorage(std::shared_ptr<imagegallery::StorageBackend> next, Sink sink);

  std::vector<imagegallery::ChangeResult> commit(
      std::span<const imagegallery::Change> changes) override;

 private:
  Sink sink_;
};

}  // namespace custom_backend
