// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "storage/sqlite_connection.hpp"

namespace imagegallery::sqlite {

/// Reading connections, opened when they are first needed. A caller has one for itself; where all
/// are taken, it waits.
///
/// Thread safety: any thread may take a connection.
class ReaderPool {
 public:
  using Open = std::function<std::unique_ptr<Connection>()>;

  ReaderPool(Open open, std::size_t max_readers);

  /// A connection until the end of the scope. A statement that is not at its end keeps one state of
  /// the database for all that run beside it; nothing may be left running.
  class Lease {
   public:
    Lease(ReaderPool& pool, std::unique_ptr<Connection> connection) noexcept
        : pool_(pool), connection_(std::move(connection)) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() { pool_.give_back(std::move(connection_)); }
    [[nodiscard]] Connection& operator*() const noexcept { return *connection_; }

   private:
    ReaderPool& pool_;
    std::unique_ptr<Connection> connection_;
  };

  /// Throws: what opening a connection throws.
  [[nodiscard]] Lease take();

 private:
  void give_back(std::unique_ptr<Connection> connection) noexcept;

  const Open open_;
  const std::size_t max_readers_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::size_t opened_ = 0;                         // Guarded by mutex_.
  std::vector<std::unique_ptr<Connection>> idle_;  // Guarded by mutex_; the last was used last.
};

}  // namespace imagegallery::sqlite
