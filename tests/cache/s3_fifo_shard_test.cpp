// SPDX-License-Identifier: Apache-2.0
#include "cache/s3_fifo_shard.hpp"

#include <string>

#include "catch.hpp"

using namespace imagegallery;
using namespace std::chrono_literals;

namespace {

std::string key(int i) { return "image-" + std::to_string(10'000 + i); }
const std::string etag(32, 'a');

/// A shard with space for `capacity` of the keys above. A key's hash is its number.
struct Shard {
  explicit Shard(std::uint64_t capacity) {
    shard.set_max_bytes(capacity * S3FifoShard::charge(key(0), etag));
  }

  bool store(int i) { return shard.store(key(i), static_cast<std::uint64_t>(i), etag, 1, {}); }
  void store(int first, int end) {
    for (int i = first; i < end; ++i) store(i);
  }
  bool find(int i) { return shard.find(key(i), {}, 1h).has_value(); }
  int found(int first, int end) {
    int count = 0;
    for (int i = first; i < end; ++i) count += find(i) ? 1 : 0;
    return count;
  }
  void invalidate(int i) { shard.invalidate(key(i), static_cast<std::uint64_t>(i), 1); }

  EtagCacheStats stats() const {
    EtagCacheStats total;
    shard.add_to(total);
    return total;
  }

  S3FifoShard shard;
};

}  // namespace

TEST_CASE("An entry is stored if it fits exactly, and not if it is a byte larger", "[cache]") {
  S3FifoShard shard;
  shard.set_max_bytes(S3FifoShard::charge("key", etag));
  CHECK(shard.store("key", 1, etag, 1, {}));
  CHECK(shard.find("key", {}, 1h) == etag);
  CHECK_FALSE(shard.store("key", 1, etag + "a", 1, {}));
  CHECK_FALSE(shard.find("key", {}, 1h));  // the old value is outdated
  CHECK(shard.store("ke", 2, etag, 1, {}));
}

TEST_CASE("Entries are evicted only if the space is exceeded", "[cache]") {
  Shard s(10);
  s.store(0, 10);
  CHECK(s.stats().evictions == 0);
  s.store(10);
  CHECK(s.stats().evictions == 1);
  CHECK(s.stats().entries == 10);
}

TEST_CASE("A cleared shard has space for as many entries as before", "[cache]") {
  Shard s(10);
  s.store(0, 10);
  s.shard.clear(1);
  s.store(10, 20);
  CHECK(s.stats().evictions == 0);
  s.store(20, 30);
  CHECK(s.stats().evictions == 10);
  CHECK(s.stats().entries == 10);
}

TEST_CASE("A key that comes back soon after its eviction outlives a scan", "[cache]") {
  Shard s(20);
  s.store(0, 21);
  REQUIRE_FALSE(s.find(0));
  s.store(0);
  s.store(1000, 2000);
  CHECK(s.find(0));
}

TEST_CASE("A key that comes back long after its eviction is evicted by a scan", "[cache]") {
  Shard s(20);
  // With an empty main queue the hashes of the last 16 evicted keys are kept. The return of key 0
  // evicts one more.
  const int evictions = GENERATE(15, 16);
  s.store(0, 20 + evictions);
  REQUIRE_FALSE(s.find(0));
  s.store(0);
  s.store(1000, 2000);
  CHECK(s.find(0) == (evictions == 15));
}

TEST_CASE("An expired or invalidated key that comes back counts as new", "[cache]") {
  Shard s(20);
  s.store(0);
  s.invalidate(0);
  s.store(0);
  s.store(1000, 2000);
  CHECK_FALSE(s.find(0));
}

TEST_CASE("New entries keep a tenth of the space even if all others are used", "[cache]") {
  Shard s(100);
  s.store(0, 100);
  REQUIRE(s.found(0, 100) == 100);
  s.store(100, 110);
  CHECK(s.found(100, 110) == 10);
}

TEST_CASE("Invalidated new entries do not count towards the new entries' tenth", "[cache]") {
  Shard s(100);
  for (int i = 0; i < 1000; ++i) {
    s.store(i);
    s.invalidate(i);
  }
  CHECK(s.stats().bytes == 0);
  s.store(1000, 1100);
  REQUIRE(s.found(1000, 1100) == 100);
  s.store(1100, 1110);
  CHECK(s.found(1100, 1110) == 10);
}

TEST_CASE("Each use, up to three, saves an entry of the main queue from one eviction", "[cache]") {
  // The number of used new keys that evict key 1 from the main queue.
  const auto keys_to_evict = [](int uses) {
    for (int keys = 1;; ++keys) {
      Shard s(10);
      s.store(0, 10);
      s.found(0, 10);
      s.store(10);  // Moves the keys up to 8 to the main queue and evicts key 0.
      for (int i = 0; i < uses; ++i) s.find(1);
      for (int i = 11; i < 11 + keys; ++i) {
        s.store(i);
        s.find(i);
      }
      if (!s.find(1)) return keys;
    }
  };
  CHECK(keys_to_evict(0) == 1);
  CHECK(keys_to_evict(1) > keys_to_evict(0));
  CHECK(keys_to_evict(2) > keys_to_evict(1));
  CHECK(keys_to_evict(3) > keys_to_evict(2));
  CHECK(keys_to_evict(4) == keys_to_evict(3));
}
