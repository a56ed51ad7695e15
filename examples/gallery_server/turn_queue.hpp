// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace gallery_server {

/// A queue of jobs in which tenants take turns: the first job of a tenant starts after at most one
/// job of each other tenant, however many those have queued. Jobs of one tenant are in FIFO order.
/// Not thread safe.
class TurnQueue {
 public:
  using Job = std::function<void()>;

  struct Entry {
    std::uint64_t number = 0;  ///< Unique in the queue; never 0.
    std::uint64_t turn = 0;
    Job run;
    Job refuse;  ///< Called instead of `run` if others displace the job; null: never displaced.
  };

  TurnQueue() = default;
  TurnQueue(const TurnQueue&) = delete;
  TurnQueue& operator=(const TurnQueue&) = delete;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

  /// Returns the job's number.
  std::uint64_t push(const std::string& tenant, Job run, Job refuse);

  /// Removes the next job. Requires: not empty.
  [[nodiscard]] Job pop() noexcept;

  /// Removes a job; nullopt if it is not in the queue.
  std::optional<Entry> remove(const std::string& tenant, std::uint64_t number) noexcept;

  /// Makes room for a job of `tenant`: removes the newest displaceable job of the tenant that has
  /// the most of them, if that is at least two more than `tenant` has; otherwise nullopt.
  std::optional<Entry> displace_for(const std::string& tenant) noexcept;

 private:
  struct Tenant {
    std::deque<Entry> waiting;
    std::uint64_t next_turn = 0;
    std::size_t displaceable = 0;
  };
  using Tenants = std::map<std::string, Tenant>;
  using Place = std::pair<std::uint64_t, std::uint64_t>;  // turn, number

  Entry take(Tenants::iterator tenant, std::size_t index) noexcept;
  void forget_idle_tenants() noexcept;

  Tenants tenants_;
  std::map<Place, Tenants::iterator> heads_;  // The first job of each tenant.
  std::size_t size_ = 0;
  std::uint64_t last_number_ = 0;
  std::uint64_t turn_ = 0;  // Of the last job removed by `pop`.
};

}  // namespace gallery_server
