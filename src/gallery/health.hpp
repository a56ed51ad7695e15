// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/results.hpp>
#include <imagegallery/storage_backend.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "gallery/error_reports.hpp"

namespace imagegallery {

/// Whether the storage accepts writes, by the outcome of the last ones.
///
/// Thread safety: every method may be called from any number of threads at once. None does I/O.
class Health {
 public:
  /// Content that outlives the gallery keeps this alive, but not `reports`.
  Health(std::function<Time()> now, std::weak_ptr<ErrorReports> reports)
      : now_(std::move(now)), reports_(std::move(reports)) {}

  [[nodiscard]] GalleryHealth get() const;

  /// A write failed, and the failure says something about the storage (`is_write_failure`).
  /// Returns whether this is news: it was healthy, or failed with another code.
  bool failed(ErrorCode code) noexcept;

  /// A write succeeded. Only one that needs room proves that the disk is no longer full.
  void succeeded(bool needed_room) noexcept;

 private:
  [[nodiscard]] Time now() const noexcept;

  const std::function<Time()> now_;
  const std::weak_ptr<ErrorReports> reports_;
  std::atomic<bool> healthy_{true};  // So that a success takes no lock.
  mutable std::mutex mutex_;
  ErrorCode code_ = ErrorCode::storage_failure;
  Time since_{};
};

/// Whether a failed write with this code means that other writes would fail, too.
[[nodiscard]] bool is_write_failure(ErrorCode code) noexcept;

/// The problems that a storage's status was found to have, each reported once while it lasts.
///
/// Thread safety: `check` may be called from any number of threads at once.
class StatusProblems {
 public:
  explicit StatusProblems(std::shared_ptr<ErrorReports> reports) : reports_(std::move(reports)) {}

  /// Reports the status's problem, unless it was reported and has not been absent since.
  void check(const StorageStatus& status);

 private:
  const std::shared_ptr<ErrorReports> reports_;
  std::mutex mutex_;
  std::vector<std::string> known_;
};

}  // namespace imagegallery
