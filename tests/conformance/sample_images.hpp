// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/storage_backend.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imagegallery::conformance {

/// So many milliseconds after some moment in 2023.
[[nodiscard]] inline Time at(std::int64_t milliseconds) {
  return Time{std::chrono::milliseconds{1'700'000'000'000 + milliseconds}};
}

/// Later than every moment that the tests use.
[[nodiscard]] inline Time far_future() { return at(1'000'000'000'000); }

/// Bytes that differ from place to place, and by seed.
[[nodiscard]] Bytes sample_bytes(std::size_t size, std::uint64_t seed = 1);

/// Stores bytes under a new id.
ContentId put(StorageBackend& storage, const std::string& tenant, ByteView bytes, Time now = at(0));
ContentId put(StorageBackend& storage, const std::string& tenant, std::string_view text,
              Time now = at(0));

/// All bytes of a content, read in pieces.
[[nodiscard]] Bytes stored_bytes(const StorageBackend& storage, const ContentId& content);

/// A record of content that is not stored by this, with every field set.
[[nodiscard]] ImageRecord sample_record(const std::string& tenant, const std::string& key,
                                        const ContentId& content, std::uint64_t size = 5);

/// A preview whose bytes are `content`.
[[nodiscard]] PreviewRecord sample_preview(const std::string& preset, const ContentId& content);

/// Commits one change and gives its result.
ChangeResult commit(StorageBackend& storage, Change change);
template <typename Action>
ChangeResult commit(StorageBackend& storage, Action action, Time when = at(0)) {
  return commit(storage, Change{std::move(action), "tester", when});
}

/// Stores "bytes" and creates an image of it, as stored.
ImageRecord create(StorageBackend& storage, const std::string& tenant, const std::string& key);

/// Creates an image with a record of the caller's making, as stored.
ImageRecord create(StorageBackend& storage, ImageRecord record, Time when = at(0));

/// The keys of records, in order.
[[nodiscard]] std::vector<std::string> keys(const std::vector<ImageRecord>& records);

/// Runs `sweep` until nothing is left.
void sweep_all(StorageBackend& storage, Time content_before, Time changes_before = Time{});

}  // namespace imagegallery::conformance
