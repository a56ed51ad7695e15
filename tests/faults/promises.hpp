// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/storage_backend.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace imagegallery::faults {

/// What an image's bytes are: they follow from this number. Nothing: there is no such image.
using Contents = std::optional<std::uint64_t>;

/// What a storage has promised. Between the beginning of a change and its acknowledgement, both the
/// old and the new may be found.
class Promises {
 public:
  void begin(const std::string& key, const Contents& next) { allowed(key).insert(next); }
  void acknowledge(const std::string& key, const Contents& next) { allowed(key) = {next}; }

  /// The promises that a storage does not keep, in words: each image, with all its bytes and those
  /// of its preview.
  [[nodiscard]] std::vector<std::string> broken(const StorageBackend& storage) const;

 private:
  std::set<Contents>& allowed(const std::string& key) {
    return allowed_.try_emplace(key, std::set<Contents>{std::nullopt}).first->second;
  }

  std::map<std::string, std::set<Contents>> allowed_;
};

/// One writer that uploads, replaces, renames, removes and sweeps at random, always the same way
/// for the same seed, and tells before and after each change.
class Writer {
 public:
  using Tell = std::function<void(bool acknowledged, const std::string& key, const Contents&)>;

  /// Its keys begin with `name`. `clock` counts the steps of all writers: it is their time.
  Writer(StorageBackend& storage, std::string name, std::uint64_t seed,
         std::atomic<std::int64_t>& clock, Tell tell);

  /// One change. Throws: what the storage throws.
  void step();

 private:
  [[nodiscard]] ImageRecord stored(const std::string& key, std::uint64_t contents);

  StorageBackend& storage_;
  const std::string name_;
  std::mt19937_64 random_;
  std::atomic<std::int64_t>& clock_;
  Time now_{};
  const Tell tell_;
};

}  // namespace imagegallery::faults
