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

/// A map of immutable rows with changes that are not visible to `rows` until they are published.
/// Everything that can fail happens while staging, so that a commit is applied whole or not at all.
template <typename Key, typename Row>
class StagedMap {
 public:
  using Rows = std::map<Key, std::shared_ptr<const Row>>;

  /// What is published.
  [[nodiscard]] const Rows& rows() const noexcept { return rows_; }

  /// The row as staged, else as published. Absent: null.
  [[nodiscard]] std::shared_ptr<const Row> find(const Key& key) const {
    if (const auto staged = staged_.find(key); staged != staged_.end()) return staged->second;
    const auto found = rows_.find(key);
    return found == rows_.end() ? nullptr : found->second;
  }

  /// Every row from `from` on while `in_range` holds for its key, as staged; in no special order.
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
  Rows staged_;  // A null row stands for an erased one.
};

/// An image. `record.previews` is empty: they are the content's.
struct ImageRow {
  ImageRecord record;
  std::vector<ImageUse> uses;     ///< Ordered by tenant, type and id.
  std::uint32_t next_number = 1;  ///< All numbered keys of this key below it are taken.
};

struct ContentRow {
  std::string tenant;
  std::shared_ptr<const Bytes> bytes;
  std::vector<PreviewRecord> previews;
  std::uint64_t images = 0;        ///< That have it as their original.
  std::uint64_t preview_uses = 0;  ///< Previews of other contents that are this one.
  bool damaged = false;
  Time released_at{};  ///< When it was stored, or something held it last.
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
  StagedMap<Holding, ImageId> holdings;          ///< Which images have a content.
  StagedMap<Fingerprint, ImageId> fingerprints;  ///< By tenant, etag, size and image.
  StagedMap<ContentId, ContentRow> contents;
  StagedMap<std::string, TenantRow> tenants;
  StagedMap<std::uint64_t, Event> changes;
  std::uint64_t sequence = 0;
  std::uint64_t forgotten = 0;  ///< Changes up to this one are gone.

  /// The record of an image with the previews of its content, as staged.
  [[nodiscard]] ImageRecord whole_record(const ImageRow& row) const;
};

/// Stages one change under the next change number. Throws: as the change says; then what is staged
/// must be discarded.
[[nodiscard]] ChangeResult stage(State& state, const Change& change, std::uint64_t& sequence);

}  // namespace imagegallery::memory
