// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite_reader_pool.hpp"

#include <utility>

namespace imagegallery::sqlite {

ReaderPool::ReaderPool(Open open, std::size_t max_readers)
    : open_(std::move(open)), max_readers_(max_readers) {
  idle_.reserve(max_readers_);  // So that give_back cannot fail.
}

ReaderPool::Lease ReaderPool::take() {
  std::unique_lock lock(mutex_);
  freed_.wait(lock, [&] { return !idle_.empty() || opened_ < max_readers_; });
  if (!idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    return {*this, std::move(connection)};
  }
  ++opened_;
  lock.unlock();
  try {
    return {*this, open_()};
  } catch (...) {
    lock.lock();
    --opened_;
    freed_.notify_one();
    throw;
  }
}

void ReaderPool::give_back(std::unique_ptr<Connection> connection) noexcept {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(connection));
  freed_.notify_one();
}

}  // namespace imagegallery::sqlite
