// SPDX-License-Identifier: Apache-2.0
#include "gallery/list_totals.hpp"

namespace imagegallery {
namespace {

constexpr std::size_t max_totals = 256;

// The cache key of a request: the fields that the total depends on. Only the last may contain line
// ends.
std::string key_of(const ListRequest& request) {
  std::string key = request.tenant;
  key += request.include_system ? "\n+" : "\n-";
  key += request.sub_type ? std::to_string(static_cast<int>(*request.sub_type)) : std::string{"*"};
  return key + '\n' + request.folded_search;
}

}  // namespace

std::uint64_t ListTotals::count(const ListRequest& request) {
  const auto key = key_of(request);
  // Read before counting: a change in between only makes the cached total expire early.
  const auto sequence = storage_.changes_since(0, 0).sequence;
  {
    const std::lock_guard lock(mutex_);
    if (sequence_ == sequence) {
      if (const auto found = totals_.find(key); found != totals_.end()) return found->second;
    }
  }
  const auto total = storage_.count(request);
  const std::lock_guard lock(mutex_);
  if (sequence_ < sequence || totals_.size() >= max_totals) {
    totals_.clear();
    sequence_ = sequence;
  }
  if (sequence_ == sequence) totals_[key] = total;
  return total;
}

}  // namespace imagegallery
