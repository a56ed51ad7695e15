// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/storage_backend.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace imagegallery::faults {

/// The number that determines an image's bytes; nullopt if there is no image.
using Contents = std::optional<std::uint64_t>;

/// The acknowledged state of a storage. Between the start of a change and its acknowledgement, both
/// the old and the new contents are allowed.
class Promises {
 public:
  void begin(const std::string& key, const Contents& next) { allowed(key).insert(next); }
  void acknowledge(const std::string& key, const Contents& next) { allowed(key) = {next}; }

  /// Describes every broken promise of a storage. Compares all bytes of each image and its
  /// preview.
  [[nodiscard]] std::vector<std::string> broken(const StorageBackend& storage) const;

 private:
  std::set<Contents>& allowed(const std::string& key) {
    return allowed_.try_emplace(key, std::set<Contents>{std::nullopt}).first->second;
  }

  std::map<std::string, std::set<Contents>> allowed_;
};

/// Reads the image of a key, if there is one, and returns what is wrong with its bytes or those of
/// its preview; empty if nothing is. Throws: what the storage throws.
[[nodiscard]] std::string check_image(const StorageBackend& storage, const std::string& key);

/// A writer that uploads, replaces, removes and sweeps at random, determined by the seed, and
/// reports before and after each change.
class Writer {
 public:
  using Report = std::function<void(bool acknowledged, const std::string& key, const Contents&)>;

  /// Keys start with `name`. `clock` counts the steps of all writers and serves as their time.
  /// `grace` must exceed a step of any writer, or its new content is swept.
  Writer(StorageBackend& storage, std::string name, std::uint64_t seed,
         std::atomic<std::int64_t>& clock, Report report,
         std::chrono::milliseconds grace = std::chrono::milliseconds{100});

  /// One change. Throws: what the storage throws.
  void step();

 private:
  [[nodiscard]] ImageRecord stored(const std::string& key, std::uint64_t contents);

  StorageBackend& storage_;
  const std::string name_;
  std::mt19937_64 random_;
  std::atomic<std::int64_t>& clock_;
  Time now_{};
  const Report report_;
  const std::chrono::milliseconds grace_;
};

}  // namespace imagegallery::faults
