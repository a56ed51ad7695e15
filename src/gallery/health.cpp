// SPDX-License-Identifier: Apache-2.0
#include "gallery/health.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace imagegallery {
namespace {

constexpr std::size_t max_known_problems = 16;

// For people, without names of files.
std::string_view reason_of(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::storage_full:
      return "The disk is full: images can be deleted, but not added.";
    case ErrorCode::read_only:
      return "The storage is read-only: images cannot be changed.";
    case ErrorCode::corrupt_data:
      return "The storage is damaged: images cannot be changed.";
    case ErrorCode::busy:
      return "The storage is locked: images cannot be changed.";
    default:
      return "The storage fails to write: images cannot be changed.";
  }
}

// Equal for two reports of one problem, whose message may contain a size that changes.
std::string identity_of(const Error& problem) {
  std::string identity{to_string(problem.code())};
  identity += ' ';
  for (const char* c = problem.what(); *c != '\0'; ++c) {
    if (*c < '0' || *c > '9') identity += *c;
  }
  return identity;
}

}  // namespace

bool is_write_failure(ErrorCode code) noexcept {
  return code == ErrorCode::storage_failure || code == ErrorCode::storage_full ||
         code == ErrorCode::read_only || code == ErrorCode::corrupt_data;
}

GalleryHealth Health::get() const {
  if (healthy_) return {};
  const std::lock_guard lock(mutex_);
  if (healthy_) return {};
  return {
      .healthy = false, .code = code_, .reason = std::string{reason_of(code_)}, .since = since_};
}

bool Health::failed(ErrorCode code) noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (!healthy_) return std::exchange(code_, code) != code;
  }
  const auto time = now();  // The host's clock must not be called with the lock held.
  const std::lock_guard lock(mutex_);
  if (healthy_.exchange(false)) {
    since_ = time;
    code_ = code;
    return true;
  }
  return std::exchange(code_, code) != code;
}

Time Health::now() const noexcept {
  try {
    return now_();
  } catch (...) {
    if (const auto reports = reports_.lock()) reports->report_current(ErrorSource::clock, "now");
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
}

void Health::succeeded(bool needed_room) noexcept {
  if (healthy_) return;
  const std::lock_guard lock(mutex_);
  if (code_ == ErrorCode::storage_full && !needed_room) return;
  healthy_ = true;
}

void StatusProblems::check(const StorageStatus& status) {
  if (!status.problem) {
    const std::lock_guard lock(mutex_);
    known_.clear();
    return;
  }
  {
    auto identity = identity_of(*status.problem);
    const std::lock_guard lock(mutex_);
    if (std::find(known_.begin(), known_.end(), identity) != known_.end()) return;
    if (known_.size() == max_known_problems) known_.erase(known_.begin());
    known_.push_back(std::move(identity));
  }
  try {
    throw Error{*status.problem};
  } catch (const Error&) {
    reports_->report_current(ErrorSource::storage, "status");
  }
}

}  // namespace imagegallery
