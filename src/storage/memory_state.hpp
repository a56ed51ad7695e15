// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/storage_backend.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace imagegallery::memory {

/// A map of immutable rows. Staged changes become visible to `rows` when published. Only staging
/// can fail, so a commit is atomic.
template <typename Key, typename Row>
class StagedMap {
 public:
  using Rows = std::map<Key, std::shared_ptr<const Row>>;

  /// The published rows.
  [[nodiscard]] const Rows& rows() const noexcept { return rows_; }

  /// The staged row, else the published one; null if absent.
  [[nodiscard]] std::shared_ptr<const Row> find(const Key& key) const {
    if (const auto staged = staged_.find(key); staged != staged_.end()) return staged->second;
    const auto found = rows_.find(key);
    return found == rows_.end() ? nullptr : found->second;
  }

  /// Visits every row from `from` on while `in_range(key)` is true, including staged changes; in no
  /// particular order.
  template <typename InRange, typename Visit>
  void for_each(const Key& from, InRange in_range, Visit visit) const {
    for (auto at = rows_.lower_bound(from); at != rows_.end() && in_range(at->first); ++at) {
      if (!staged_.contains(at->first)) visit(at->first, *at->second);
    }
    for (auto at = staged_.lower_bound(from); at != staged_.end() && in_range(at->first); ++at) {
      if (at->second) visit(at->first, *at->second);
    }
  }

  void put(const Key& key, Row row) { staged_[key] = std::make_shared<const Row>(std::move(row)); }
  void erase(const Key& key) { staged_[key] = nullptr; }

  void publish() noexcept {
    while (!staged_.empty()) {
      auto node = staged_.extract(staged_.begin());
      if (!node.mapped()) {
        rows_.erase(node.key());
      } else if (const auto found = rows_.find(node.key()); found != rows_.end()) {
        found->second = std::move(node.mapped());
      } else {
        rows_.insert(std::move(node));
      }
    }
  }
  void discard() noexcept { staged_.clear(); }

 private:
  Rows rows_;
  Rows staged_;  // A null row marks an erased one.
};

/// An image. `record.previews` is empty: previews are stored with the content.
struct ImageRow {
  ImageRecord record;
  std::vector<ImageUse> uses;     ///< Ordered by tenant, type and id.
  std::uint32_t next_number = 1;  ///< All lower numbers after this key are in use.
};

struct ContentRow {
  std::string tenant;
  std::shared_ptr<const Bytes> bytes;
  std::vector<PreviewRecord> previews;
  std::uint64_t images = 0;        ///< Images with this content as their original.
  std::uint64_t preview_uses = 0;  ///< Previews of other contents stored here.
  bool damaged = false;
  Time released_at{};  ///< When it was stored or last referenced.
};

struct TenantRow {
  TenantLimits limits;
  std::uint64_t images = 0;
  std::uint64_t bytes = 0;
};

struct State {
  using TenantKey = std::pair<std::string, std::string>;
  using Holding = std::pair<ContentId, ImageId>;
  using Fingerprint = std::tuple<std::string, std::string, std::uint64_t, ImageId>;

  StagedMap<ImageId, ImageRow> images;
  StagedMap<TenantKey, ImageId> keys;
  StagedMap<TenantKey, ImageId> operations;
  StagedMap<std::string, ImageId> public_keys;
  StagedMap<Holding, ImageId> holdings;          ///< The images of each content.
  StagedMap<Fingerprint, ImageId> fingerprints;  ///< By tenant, etag, size and image.
  StagedMap<ContentId, ContentRow> contents;
  StagedMap<std::string, TenantRow> tenants;
  StagedMap<std::uint64_t, Event> changes;
  std::uint64_t sequence = 0;
  std::uint64_t forgotten = 0;  ///< Changes up to this one were deleted.

  /// An image's record with the previews of its content, including staged changes.
  [[nodiscard]] ImageRecord full_record(const ImageRow& row) const;
};

/// Stages one change under the next change number. Throws: as documented at the change; the caller
/// must then discard everything staged.
[[nodiscard]] ChangeResult stage(State& state, const Change& change, std::uint64_t& sequence);

}  // namespace imagegallery::memory
