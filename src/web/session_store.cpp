// SPDX-License-Identifier: Apache-2.0
#include "web/session_store.hpp"

#include "random_bytes.hpp"

#include <array>
#include <utility>

namespace imagegallery {
namespace {

std::string make_session_id() {
  std::array<std::byte, 32> random{};
  fill_random(random);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string id;
  id.reserve(2 * random.size());
  for (const std::byte byte : random) {
    id += digits[std::to_integer<std::size_t>(byte >> 4)];
    id += digits[std::to_integer<std::size_t>(byte & std::byte{15})];
  }
  return id;
}

}  // namespace

SessionStore::SessionStore(std::chrono::minutes idle_ttl, std::size_t max_sessions, Clock now)
    : idle_ttl_(idle_ttl),
      max_sessions_(max_sessions),
      now_(now ? std::move(now) : Clock{[] { return std::chrono::steady_clock::now(); }}) {}

std::string SessionStore::begin(std::string token) {
  std::string id = make_session_id();
  const auto now = now_();
  const std::lock_guard lock{mutex_};
  drop_idle(now);
  if (by_use_.size() >= max_sessions_) {
    by_id_.erase(by_use_.back().id);
    by_use_.pop_back();
  }
  by_use_.push_front({id, std::move(token), now});
  try {
    by_id_.emplace(by_use_.front().id, by_use_.begin());
  } catch (...) {
    by_use_.pop_front();
    throw;
  }
  return id;
}

std::optional<std::string> SessionStore::find(std::string_view id) {
  const auto now = now_();
  const std::lock_guard lock{mutex_};
  drop_idle(now);
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return std::nullopt;
  const auto session = found->second;
  session->last_use = now;
  by_use_.splice(by_use_.begin(), by_use_, session);
  return session->token;
}

void SessionStore::end(std::string_view id) {
  const std::lock_guard lock{mutex_};
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return;
  const auto session = found->second;
  by_id_.erase(found);
  by_use_.erase(session);
}

std::size_t SessionStore::size() const {
  const std::lock_guard lock{mutex_};
  return by_use_.size();
}

void SessionStore::drop_idle(std::chrono::steady_clock::time_point now) {
  while (!by_use_.empty() && now - by_use_.back().last_use >= idle_ttl_) {
    by_id_.erase(by_use_.back().id);
    by_use_.pop_back();
  }
}

}  // namespace imagegallery
