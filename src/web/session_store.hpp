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

/// Maps session ids, kept in the browser's cookie, to access tokens. In memory, with a maximum
/// number and an idle timeout.
///
/// Thread safety: every method may be called from any number of threads at once.
class SessionStore {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  /// `max_sessions` is at least 1. `now` may be empty: the steady clock.
  SessionStore(std::chrono::minutes idle_ttl, std::size_t max_sessions, Clock now = {});

  /// Creates a session and returns its id: 256 random bits as 64 hexadecimal digits. Evicts the
  /// least recently used session if there are too many.
  /// Throws: `storage_failure` if the system cannot provide random numbers.
  [[nodiscard]] std::string begin(std::string token);

  /// The session's token; nullopt if there is no such session. Counts as a use.
  [[nodiscard]] std::optional<std::string> find(std::string_view id);

  /// Ends a session; no effect if there is none.
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
