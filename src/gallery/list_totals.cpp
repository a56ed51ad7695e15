// SPDX-License-Identifier: Apache-2.0
#include "gallery/list_totals.hpp"

namespace imagegallery {
namespace {

constexpr std::size_t max_totals = 256;

// What tells lists of different length apart. No part but the last may hold a line end.
std::string name_of(const ListRequest& request) {
  std::string name = request.tenant;
  name += request.include_system ? "\n+" : "\n-";
  name += request.sub_type ? std::to_string(static_cast<int>(*request.sub_type)) : std::string{"*"};
  return name + '\n' + request.folded_search;
}

}  // namespace

std::uint64_t ListTotals::count(const ListRequest& request) {
  const auto name = name_of(request);
  // The number is read before counting: a change in between makes the total too old, never wrong.
  const auto sequence = storage_.changes_since(0, 0).sequence;
  {
    const std::lock_guard lock(mutex_);
    if (sequence_ == sequence) {
      if (const auto found = totals_.find(name); found != totals_.end()) return found->second;
    }
  }
  const auto total = storage_.count(request);
  const std::lock_guard lock(mutex_);
  if (sequence_ < sequence || totals_.size() >= max_totals) {
    totals_.clear();
    sequence_ = sequence;
  }
  if (sequence_ == sequence) totals_[name] = total;
  return total;
}

}  // namespace imagegallery
