// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace imagegallery {

/// Who is signed in: session ids, which a browser keeps, and the tokens behind them. In memory,
/// bounded in number and by idle time.
///
/// Thread safety: every method may be called from any number of threads at once.
class SessionStore {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  /// `max_sessions` is at least 1. `now` may be empty: the steady clock.
  SessionStore(std::chrono::minutes idle_ttl, std::size_t max_sessions, Clock now = {});

  /// Begins a session and gives its id: 256 random bits in 64 hexadecimal digits. Where there are
  /// too many, the least recently used one ends.
  /// Throws: `storage_failure` where the system has no random numbers.
  [[nodiscard]] std::string begin(std::string token);

  /// The session's token, if there is such a session. Counts as a use.
  [[nodiscard]] std::optional<std::string> find(std::string_view id);

  /// Ends a session, if there is one.
  void end(std::string_view id);

  [[nodiscard]] std::size_t size() const;

 private:
  struct Session {
    std::string id;
    std::string token;
    std::chrono::steady_clock::time_point last_use;
  };

  void drop_idle(std::chrono::steady_clock::time_point now);

  const std::chrono::minutes idle_ttl_;
  const std::size_t max_sessions_;
  const Clock now_;
  mutable std::mutex mutex_;
  std::list<Session> by_use_;  // The most recently used one first.
  std::unordered_map<std::string_view, std::list<Session>::iterator> by_id_;
};

}  // namespace imagegallery
