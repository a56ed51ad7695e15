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

/// That many milliseconds after a fixed time in 2023.
[[nodiscard]] inline Time at(std::int64_t milliseconds) {
  return Time{std::chrono::milliseconds{1'700'000'000'000 + milliseconds}};
}

/// Later than every time that the tests use.
[[nodiscard]] inline Time far_future() { return at(1'000'000'000'000); }

/// Pseudorandom bytes, determined by `seed`.
[[nodiscard]] Bytes sample_bytes(std::size_t size, std::uint64_t seed = 1);

/// Stores bytes under a new id.
ContentId put(StorageBackend& storage, const std::string& tenant, ByteView bytes, Time now = at(0));
ContentId put(StorageBackend& storage, const std::string& tenant, std::string_view text,
              Time now = at(0));

/// All bytes of a content, read in pieces.
[[nodiscard]] Bytes stored_bytes(const StorageBackend& storage, const ContentId& content);

/// A record with every field set. Does not store the content.
[[nodiscard]] ImageRecord sample_record(const std::string& tenant, const std::string& key,
                                        const ContentId& content, std::uint64_t size = 5);

/// A preview stored as `content`.
[[nodiscard]] PreviewRecord sample_preview(const std::string& preset, const ContentId& content);

/// Commits one change and returns its result.
ChangeResult commit(StorageBackend& storage, Change change);
template <typename Action>
ChangeResult commit(StorageBackend& storage, Action action, Time when = at(0)) {
  return commit(storage, Change{std::move(action), "tester", when});
}

/// Stores "bytes" as content and creates an image of it. Returns the stored record.
ImageRecord create(StorageBackend& storage, const std::string& tenant, const std::string& key);

/// Creates an image from `record`. Returns the stored record.
ImageRecord create(StorageBackend& storage, ImageRecord record, Time when = at(0));

/// The keys of records, in order.
[[nodiscard]] std::vector<std::string> keys(const std::vector<ImageRecord>& records);

/// Runs `sweep` until nothing is left.
void sweep_all(StorageBackend& storage, Time content_before, Time changes_before = Time{});

}  // namespace imagegallery::conformance
