// SPDX-License-Identifier: Apache-2.0
#include "gallery/watched_storage.hpp"

#include <algorithm>
#include <new>
#include <variant>

namespace imagegallery {
namespace {

// Remembers whether a failure is the source's, not the storage's.
class WatchedSource final : public ByteSource {
 public:
  explicit WatchedSource(const ByteSource& source) : source_(source) {}
  std::uint64_t size() const override { return source_.size(); }
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    failed_ = true;
    const auto count = source_.read_at(offset, into);
    failed_ = false;
    return count;
  }
  bool failed() const noexcept { return failed_; }

 private:
  const ByteSource& source_;
  mutable bool failed_ = false;  // put_content reads on one thread.
};

bool needs_room(const Change& change) {
  const auto* const update = std::get_if<UpdateImage>(&change.action);
  return std::holds_alternative<CreateImage>(change.action) ||
         (update != nullptr && update->kind == ChangeKind::replaced);
}

}  // namespace

template <typename Write>
auto WatchedStorage::watch(const Write& write) {
  try {
    return write();
  } catch (const Error& error) {
    if (is_write_failure(error.code())) health_->failed(error.code());
    throw;
  }
}

void WatchedStorage::put_content(std::string_view tenant, const ContentId& content,
                                 const ByteSource& source, Time now) {
  const WatchedSource watched(source);
  try {
    next().put_content(tenant, content, watched, now);
  } catch (const Error& error) {
    if (!watched.failed() && is_write_failure(error.code())) health_->failed(error.code());
    throw;
  }
}

void WatchedStorage::drop_content(const ContentId& content) {
  watch([&] { next().drop_content(content); });
}

std::vector<ChangeResult> WatchedStorage::commit(std::span<const Change> changes) {
  auto results = watch([&] { return next().commit(changes); });
  bool wrote = false;
  bool needed_room = false;
  for (std::size_t i = 0; i < std::min(results.size(), changes.size()); ++i) {
    if (results[i].outcome != ChangeOutcome::applied) continue;
    wrote = true;
    needed_room = needed_room || needs_room(changes[i]);
  }
  if (wrote) health_->succeeded(needed_room);
  return results;
}

bool WatchedStorage::sweep(Time content_before, Time changes_before) {
  return watch([&] { return next().sweep(content_before, changes_before); });
}

void WatchedStorage::check_write() {
  watch([&] { next().check_write(); });
}

}  // namespace imagegallery
