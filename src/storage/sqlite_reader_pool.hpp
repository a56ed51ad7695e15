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

/// A pool of read connections, opened on demand. A caller has exclusive use of its connection and
/// waits if all are in use.
///
/// Thread safety: `take` may be called from any number of threads at once.
class ReaderPool {
 public:
  using Open = std::function<std::unique_ptr<Connection>()>;

  ReaderPool(Open open, std::size_t max_readers);

  /// Holds a connection until the end of the scope. A statement not stepped to its end pins a
  /// snapshot for the connection; statements must not outlive the lease.
  class Lease {
   public:
    Lease(ReaderPool& pool, std::unique_ptr<Connection> connection) noexcept
        : pool_(pool), connection_(std::move(connection)) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() { pool_.give_back(std::move(connection_)); }
    [[nodiscard]] Connection& operator*() const noexcept { return *connection_; }

    /// Replaces the connection by a new one, with an empty page cache. No statement of the old one
    /// may be left. Throws: what opening a connection throws; then the old one is kept.
    void reopen() { connection_ = pool_.open_(); }

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
  std::vector<std::unique_ptr<Connection>> idle_;  // Guarded by mutex_; most recently used last.
};

}  // namespace imagegallery::sqlite
