// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/storage_backend.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace imagegallery::conformance {

/// What a backend does that not every backend can do: its named deviations.
struct BackendTraits {
  /// Whether `Storage::open_again` gives a second backend over the same images, as another process
  /// would have it, and the images outlive the backend.
  bool is_shared = false;

  /// Whether `Storage::damage` can spoil stored bytes behind the backend's back.
  bool is_checked = false;
};

/// A fresh storage for one test, gone with the object.
class Storage {
 public:
  Storage() = default;
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;
  virtual ~Storage() = default;

  [[nodiscard]] virtual StorageBackend& backend() = 0;
  [[nodiscard]] virtual std::unique_ptr<StorageBackend> open_again() { return nullptr; }
  virtual void damage(const ContentId& /*content*/) {}
};

/// A kind of backend that the suite runs over.
struct BackendKind {
  std::string name;
  BackendTraits traits;
  std::function<std::unique_ptr<Storage>()> make;
};

/// The kinds to test. The program that links the suite defines this: one line for each backend or
/// decorator of its own (docs/writing-a-backend.md).
[[nodiscard]] const std::vector<BackendKind>& backend_kinds();

}  // namespace imagegallery::conformance
