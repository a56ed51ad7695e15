// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/error.hpp>
#include <imagegallery/storage/memory.hpp>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <tuple>

#include "storage/memory_state.hpp"

namespace imagegallery {
namespace {

using memory::ContentRow;
using memory::ImageRow;
using memory::State;

class MemoryStorage final : public StorageBackend {
 public:
  std::optional<ImageRecord> find(std::string_view tenant, std::string_view key) const override {
    const std::shared_lock lock(mutex_);
    return record_of(state_.keys.find({std::string{tenant}, std::string{key}}));
  }

  std::optional<ImageRecord> find_public(std::string_view public_key) const override {
    const std::shared_lock lock(mutex_);
    return record_of(state_.public_keys.find(std::string{public_key}));
  }

  std::optional<ImageRecord> find_content(std::string_view tenant, std::string_view etag,
                                          std::uint64_t size) const override {
    const std::shared_lock lock(mutex_);
    std::optional<ImageRecord> found;
    for_each_original(tenant, etag, size, [&](const ImageRow& image) {
      if (state_.contents.find(image.record.content)->damaged) return true;
      found = state_.full_record(image);
      return false;
    });
    return found;
  }

  std::vector<ImageRecord> list(const ListRequest& request) const override {
    const std::shared_lock lock(mutex_);
    auto found = select(request);
    const bool descending = request.sort_order == SortOrder::descending;
    const auto sort_by = request.every_tenant ? SortBy::id : request.sort_by;
    const auto comes_before = [&](const ImageRow* left, const ImageRow* right) {
      return descending ? before(sort_by, right->record, left->record)
                        : before(sort_by, left->record, right->record);
    };
    std::uint64_t skip = request.offset;
    if (request.after) {
      skip = 0;
      ImageRow last;
      last.record.id = request.after->id;
      last.record.created_at = Time{std::chrono::milliseconds{request.after->number}};
      last.record.descriptor.size = static_cast<std::uint64_t>(request.after->number);
      last.record.folded_title = request.after->title;
      std::erase_if(found, [&](const ImageRow* row) { return !comes_before(&last, row); });
    }
    std::vector<ImageRecord> page;
    if (skip >= found.size()) return page;
    const auto begin = found.begin() + static_cast<std::ptrdiff_t>(skip);
    const auto count = std::min<std::uint64_t>(request.count, found.size() - skip);
    std::partial_sort(found.begin(), begin + static_cast<std::ptrdiff_t>(count), found.end(),
                      comes_before);
    page.reserve(static_cast<std::size_t>(count));
    std::for_each(begin, begin + static_cast<std::ptrdiff_t>(count),
                  [&](const ImageRow* row) { page.push_back(state_.full_record(*row)); });
    return page;
  }

  std::uint64_t count(const ListRequest& request) const override {
    const std::shared_lock lock(mutex_);
    return select(request).size();
  }

  std::vector<ImageUse> uses(std::string_view tenant, const ImageId& id) const override {
    const std::shared_lock lock(mutex_);
    const auto row = state_.images.find(id);
    if (!row || row->record.tenant != tenant) return {};
    return row->uses;
  }

  TenantUsage usage(std::string_view tenant) const override {
    const std::shared_lock lock(mutex_);
    const auto row = state_.tenants.find(std::string{tenant});
    if (!row) return {};
    return {row->images, row->bytes, row->limits};
  }

  std::size_t read_at(const ContentId& content, std::uint64_t offset,
                      std::span<std::byte> into) const override {
    const auto row = content_row(content);
    if (row->damaged) {
      throw Error(ErrorCode::corrupt_data, "content " + content.to_string() + " is quarantined");
    }
    return copy(*row->bytes, offset, into);
  }

  std::size_t verify_at(const ContentId& content, std::uint64_t offset,
                        std::span<std::byte> into) const override {
    return copy(*content_row(content)->bytes, offset, into);
  }

  std::vector<ContentId> find_quarantined(std::string_view tenant, std::string_view etag,
                                          std::uint64_t size) const override {
    const std::shared_lock lock(mutex_);
    std::set<ContentId> found;
    for_each_original(tenant, etag, size, [&](const ImageRow& image) {
      const auto& content = image.record.content;
      if (state_.contents.find(content)->damaged) found.insert(content);
      return true;
    });
    return {found.begin(), found.end()};
  }

  void put_content(std::string_view tenant, const ContentId& content, const ByteSource& source,
                   Time now) override {
    auto bytes = read_all(source);
    if (bytes.size() != source.size()) {
      throw Error(
          ErrorCode::storage_failure,
          "the source ended before its " + std::to_string(source.size()) + " bytes were read");
    }
    ContentRow row;
    row.tenant = tenant;
    row.bytes = std::make_shared<const Bytes>(std::move(bytes));
    row.released_at = now;
    const std::unique_lock lock(mutex_);
    if (state_.contents.find(content)) {
      throw Error(ErrorCode::conflict, "content " + content.to_string() + " already exists");
    }
    state_.contents.put(content, std::move(row));
    publish();
  }

  void drop_content(const ContentId& content) override {
    const std::unique_lock lock(mutex_);
    const auto row = state_.contents.find(content);
    if (!row || row->images != 0 || row->preview_uses != 0) return;
    try {
      stage_discard(content);
    } catch (...) {
      discard();
      throw;
    }
    publish();
  }

  std::vector<ChangeResult> commit(std::span<const Change> changes) override {
    const std::unique_lock lock(mutex_);
    std::vector<ChangeResult> results;
    auto sequence = state_.sequence;
    try {
      results.reserve(changes.size());
      for (const auto& change : changes) results.push_back(stage(state_, change, sequence));
    } catch (...) {
      discard();
      throw;
    }
    publish();
    state_.sequence = sequence;
    return results;
  }

  ChangeFeed changes_since(std::uint64_t after, std::uint32_t max_events) const override {
    const std::shared_lock lock(mutex_);
    ChangeFeed feed;
    feed.sequence = state_.sequence;
    feed.complete = after >= state_.forgotten && after <= state_.sequence;
    const auto& rows = state_.changes.rows();
    for (auto at = rows.upper_bound(after); at != rows.end(); ++at) {
      if (feed.events.size() == max_events) break;
      feed.events.push_back(*at->second);
    }
    return feed;
  }

  bool sweep(Time content_before, Time changes_before) override {
    constexpr std::size_t max_contents = 1000;
    constexpr std::size_t max_changes = 10'000;
    const std::unique_lock lock(mutex_);
    bool more = false;
    try {
      more = stage_sweep(content_before, max_contents);
    } catch (...) {
      discard();
      throw;
    }
    std::uint64_t forgotten = state_.forgotten;
    const auto& changes = state_.changes.rows();
    auto oldest = changes.begin();
    try {
      std::size_t count = 0;
      for (; oldest != changes.end() && oldest->second->at < changes_before; ++oldest) {
        if (++count > max_changes) {
          more = true;
          break;
        }
        forgotten = oldest->first;
        state_.changes.erase(oldest->first);
      }
    } catch (...) {
      discard();
      throw;
    }
    publish();
    state_.forgotten = forgotten;
    return more;
  }

 private:
  // Immutable, so it needs no lock.
  std::shared_ptr<const ContentRow> content_row(const ContentId& content) const {
    const std::shared_lock lock(mutex_);
    auto row = state_.contents.find(content);
    if (!row) {
      throw Error(ErrorCode::not_found, "content " + content.to_string() + " does not exist");
    }
    return row;
  }

  static std::size_t copy(const Bytes& bytes, std::uint64_t offset, std::span<std::byte> into) {
    if (offset >= bytes.size()) return 0;
    const auto count = std::min<std::uint64_t>(into.size(), bytes.size() - offset);
    if (count != 0) std::memcpy(into.data(), bytes.data() + offset, count);
    return static_cast<std::size_t>(count);
  }

  // Visits the images whose original has that ETag and size, until `visit` returns false.
  template <typename Visit>
  void for_each_original(std::string_view tenant, std::string_view etag, std::uint64_t size,
                         Visit visit) const {
    const auto& rows = state_.fingerprints.rows();
    const auto first = std::tuple{std::string{tenant}, std::string{etag}, size, ImageId{}};
    for (auto at = rows.lower_bound(first); at != rows.end(); ++at) {
      const auto& [of_tenant, of_etag, of_size, id] = at->first;
      if (of_tenant != tenant || of_etag != etag || of_size != size) break;
      if (!visit(*state_.images.find(id))) break;
    }
  }

  static bool before(SortBy sort_by, const ImageRecord& left, const ImageRecord& right) {
    switch (sort_by) {
      case SortBy::created_at:
        return std::tie(left.created_at, left.id) < std::tie(right.created_at, right.id);
      case SortBy::title:
        return std::tie(left.folded_title, left.id) < std::tie(right.folded_title, right.id);
      case SortBy::size:
        return std::tie(left.descriptor.size, left.id) < std::tie(right.descriptor.size, right.id);
      case SortBy::id:
        break;
    }
    return left.id < right.id;
  }

  std::optional<ImageRecord> record_of(const std::shared_ptr<const ImageId>& id) const {
    if (!id) return std::nullopt;
    return state_.full_record(*state_.images.find(*id));
  }

  // The rows on all pages of a list, unordered.
  std::vector<const ImageRow*> select(const ListRequest& request) const {
    std::vector<const ImageRow*> found;
    const auto add_if_matching = [&](const ImageRow& row) {
      if (request.sub_type && row.record.sub_type != *request.sub_type) return;
      if (row.record.folded_title.find(request.folded_search) == std::string::npos) return;
      found.push_back(&row);
    };
    if (request.every_tenant) {
      for (const auto& [id, row] : state_.images.rows()) add_if_matching(*row);
      return found;
    }
    const auto add_tenant = [&](const std::string& tenant, auto is_hidden) {
      const auto& rows = state_.keys.rows();
      for (auto at = rows.lower_bound({tenant, {}}); at != rows.end(); ++at) {
        if (at->first.first != tenant) break;
        if (!is_hidden(at->first.second)) add_if_matching(*state_.images.rows().at(*at->second));
      }
    };
    add_tenant(request.tenant, [](const std::string&) { return false; });
    if (request.include_system && !request.tenant.empty()) {
      add_tenant({}, [&](const std::string& key) {
        return state_.keys.rows().contains({request.tenant, key});
      });
    }
    return found;
  }

  bool stage_sweep(Time content_before, std::size_t max_contents) {
    std::vector<ContentId> due;
    const auto add_if_due = [&](const ContentId& id) {
      const auto row = state_.contents.find(id);
      if (row->images == 0 && row->preview_uses == 0 && row->released_at < content_before) {
        due.push_back(id);
      }
    };
    for (const auto& [id, row] : state_.contents.rows()) add_if_due(id);
    for (std::size_t i = 0; i < due.size(); ++i) {
      if (i == max_contents) return true;
      for (const auto& released : stage_discard(due[i])) add_if_due(released);
    }
    return false;
  }

  // Returns the previews that only this content referenced. They inherit its `released_at`.
  std::set<ContentId> stage_discard(const ContentId& id) {
    const auto discarded = state_.contents.find(id);
    state_.contents.erase(id);
    std::set<ContentId> released;
    for (const auto& preview : discarded->previews) {
      if (preview.content == id) continue;
      auto row = *state_.contents.find(preview.content);
      row.preview_uses -= 1;
      row.released_at = std::max(row.released_at, discarded->released_at);
      if (row.images == 0 && row.preview_uses == 0) released.insert(preview.content);
      state_.contents.put(preview.content, row);
    }
    return released;
  }

  void publish() noexcept {
    for_each_map([](auto& map) { map.publish(); });
  }
  void discard() noexcept {
    for_each_map([](auto& map) { map.discard(); });
  }
  template <typename Visit>
  void for_each_map(Visit visit) noexcept {
    visit(state_.images);
    visit(state_.keys);
    visit(state_.operations);
    visit(state_.public_keys);
    visit(state_.holdings);
    visit(state_.fingerprints);
    visit(state_.contents);
    visit(state_.tenants);
    visit(state_.changes);
  }

  mutable std::shared_mutex mutex_;
  State state_;
};

}  // namespace

std::unique_ptr<StorageBackend> open_memory() { return std::make_unique<MemoryStorage>(); }

}  // namespace imagegallery
