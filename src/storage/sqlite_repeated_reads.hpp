// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/image_record.hpp>

#include <cstddef>
#include <map>
#include <mutex>

namespace imagegallery::sqlite {

/// Decides which failed reads are repeated past the caches. Content that failed again is damaged
/// for now: if each request for it were repeated, each would open a connection and drop the
/// system's cache of the whole file. So only one in `period` of its failures is. Records count
/// together, as one content with a nil id.
///
/// Thread safety: every method may be called from any number of threads at once.
class RepeatedReads {
 public:
  static constexpr unsigned period = 64;
  static constexpr std::size_t max_remembered = 4096;

  /// Whether to repeat a read that failed.
  [[nodiscard]] bool should_repeat(const ContentId& content) {
    const std::lock_guard lock(mutex_);
    const auto known = damaged_.find(content);
    if (known == damaged_.end()) return true;
    if (--known->second == 0) damaged_.erase(known);
    return false;
  }

  /// The repeated read failed, too.
  void failed_again(const ContentId& content) {
    const std::lock_guard lock(mutex_);
    if (damaged_.size() == max_remembered) damaged_.clear();
    damaged_[content] = period - 1;
  }

 private:
  std::mutex mutex_;
  std::map<ContentId, unsigned> damaged_;  // Guarded by mutex_; failures that are not repeated.
};

}  // namespace imagegallery::sqlite
