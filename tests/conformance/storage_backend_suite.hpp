// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/storage_backend.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace imagegallery::conformance {

/// Optional features of a backend.
struct BackendTraits {
  /// Whether `Storage::open_again` returns a second backend over the same images, as in another
  /// process, and images outlive the backend.
  bool is_shared = false;

  /// Whether `Storage::damage` can corrupt stored bytes.
  bool is_checked = false;

  /// Whether it overrides `verify_at` and `find_quarantined`, so that `ImageGallery::verify` and
  /// uploads can lift a quarantine.
  bool is_healable = true;
};

/// An empty storage for one test, deleted by the destructor.
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

/// The kinds to test. Defined by the program that links the suite: one entry per backend or
/// decorator (docs/writing-a-backend.md).
[[nodiscard]] const std::vector<BackendKind>& backend_kinds();

}  // namespace imagegallery::conformance
