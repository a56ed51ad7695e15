// SPDX-License-Identifier: Apache-2.0
#include "turn_queue.hpp"

#include <algorithm>
#include <iterator>

namespace gallery_server {

std::uint64_t TurnQueue::push(const std::string& tenant, Job run, Job refuse) {
  const auto owner = tenants_.try_emplace(tenant).first;
  auto& [waiting, next_turn, displaceable] = owner->second;
  Entry entry{.number = last_number_ + 1,
              .turn = std::max(turn_, next_turn),
              .run = std::move(run),
              .refuse = std::move(refuse)};
  const bool is_displaceable = entry.refuse != nullptr;
  const Place place{entry.turn, entry.number};
  waiting.push_back(std::move(entry));
  try {
    if (waiting.size() == 1) heads_.emplace(place, owner);
  } catch (...) {
    waiting.pop_back();
    throw;
  }
  if (is_displaceable) ++displaceable;
  next_turn = place.first + 1;
  ++size_;
  return ++last_number_;
}

TurnQueue::Job TurnQueue::pop() noexcept {
  const auto head = heads_.begin();
  const bool new_turn = turn_ != head->first.first;
  turn_ = head->first.first;
  Job run = take(head->second, 0).run;
  if (new_turn) forget_idle_tenants();
  return run;
}

std::optional<TurnQueue::Entry> TurnQueue::remove(const std::string& tenant,
                                                  std::uint64_t number) noexcept {
  const auto owner = tenants_.find(tenant);
  if (owner == tenants_.end()) return std::nullopt;
  const auto& waiting = owner->second.waiting;
  const auto entry = std::find_if(waiting.begin(), waiting.end(),
                                  [&](const Entry& e) { return e.number == number; });
  if (entry == waiting.end()) return std::nullopt;
  return take(owner, static_cast<std::size_t>(std::distance(waiting.begin(), entry)));
}

std::optional<TurnQueue::Entry> TurnQueue::displace_for(const std::string& tenant) noexcept {
  const auto arriving = tenants_.find(tenant);
  const std::size_t own = arriving == tenants_.end() ? 0 : arriving->second.displaceable;
  const auto longest = std::max_element(
      tenants_.begin(), tenants_.end(),
      [](const auto& a, const auto& b) { return a.second.displaceable < b.second.displaceable; });
  if (longest == tenants_.end() || longest->second.displaceable < own + 2) return std::nullopt;
  const auto& waiting = longest->second.waiting;
  std::size_t newest = waiting.size() - 1;
  while (!waiting[newest].refuse) --newest;
  return take(longest, newest);
}

TurnQueue::Entry TurnQueue::take(Tenants::iterator tenant, std::size_t index) noexcept {
  auto& waiting = tenant->second.waiting;
  const auto at = waiting.begin() + static_cast<std::ptrdiff_t>(index);
  Entry entry = std::move(*at);
  waiting.erase(at);
  --size_;
  if (entry.refuse) --tenant->second.displaceable;
  if (index == 0) {
    auto head = heads_.extract({entry.turn, entry.number});
    if (!waiting.empty()) {
      head.key() = {waiting.front().turn, waiting.front().number};
      heads_.insert(std::move(head));
    }
  }
  return entry;
}

// A tenant must be remembered until its turn has passed, or it would get another one at once.
void TurnQueue::forget_idle_tenants() noexcept {
  std::erase_if(tenants_, [this](const auto& entry) {
    return entry.second.waiting.empty() && entry.second.next_turn <= turn_;
  });
}

}  // namespace gallery_server
