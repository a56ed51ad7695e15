// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/etag_cache.hpp>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"

using namespace imagegallery;
using namespace std::chrono_literals;

namespace {

struct FakeClock {
  std::chrono::steady_clock::time_point time{};
  auto reader() {
    return [this] { return time; };
  }
};

constexpr std::uint64_t roomy = 1u << 20;

std::string key(std::size_t i) { return "tenant/image-" + std::to_string(i) + ".png"; }
const std::string etag(32, 'a');

}  // namespace

TEST_CASE("A stored ETag is found until it is invalidated", "[cache]") {
  EtagCache cache(roomy, 1h);
  CHECK_FALSE(cache.find("a"));
  CHECK(cache.store("a", "1", cache.ticket()));
  CHECK(cache.find("a") == "1");
  CHECK(cache.store("a", "2", cache.ticket()));
  CHECK(cache.find("a") == "2");
  cache.invalidate("a");
  CHECK_FALSE(cache.find("a"));
  const auto stats = cache.stats();
  CHECK(stats.hits == 2);
  CHECK(stats.misses == 2);
  CHECK(stats.entries == 0);
  CHECK(stats.bytes == 0);
}

TEST_CASE("A ticket from before an invalidation stores nothing", "[cache]") {
  EtagCache cache(roomy, 1h);
  const auto ticket = cache.ticket();
  cache.invalidate("a");
  CHECK_FALSE(cache.store("a", "old", ticket));
  CHECK_FALSE(cache.find("a"));
  CHECK(cache.store("a", "new", cache.ticket()));
  CHECK(cache.find("a") == "new");
}

TEST_CASE("A ticket from before a clear stores nothing", "[cache]") {
  EtagCache cache(roomy, 1h);
  CHECK(cache.store("a", "1", cache.ticket()));
  const auto ticket = cache.ticket();
  cache.clear();
  CHECK_FALSE(cache.find("a"));
  CHECK_FALSE(cache.store("b", "old", ticket));
}

TEST_CASE("An entry expires if unused for longer than the TTL", "[cache]") {
  FakeClock clock;
  EtagCache cache(roomy, 10min, clock.reader());
  cache.store("a", "1", cache.ticket());
  clock.time += 10min;
  CHECK(cache.find("a") == "1");  // A use restarts the TTL.
  clock.time += 10min;
  CHECK(cache.find("a") == "1");
  clock.time += 10min + 1ms;
  CHECK_FALSE(cache.find("a"));
  CHECK(cache.stats().evictions == 1);
}

TEST_CASE("A cache of 0 bytes is disabled", "[cache]") {
  EtagCache cache(0, 1h);
  CHECK_FALSE(cache.store("a", "1", cache.ticket()));
  CHECK_FALSE(cache.find("a"));
  CHECK(cache.stats().misses == 0);
}

TEST_CASE("The bytes never exceed the maximum", "[cache]") {
  const std::uint64_t max_bytes = GENERATE(4096u, 200'000u, 2u << 20);
  EtagCache cache(max_bytes, 1h);
  for (std::size_t i = 0; i < 20'000; ++i) cache.store(key(i), etag, cache.ticket());
  CHECK(cache.stats().bytes <= max_bytes);
  CHECK(cache.stats().bytes > max_bytes / 2);
}

TEST_CASE("An entry larger than the cache is not stored", "[cache]") {
  EtagCache cache(1024, 1h);
  CHECK_FALSE(cache.store(std::string(2000, 'k'), "1", cache.ticket()));
  CHECK(cache.stats().entries == 0);
}

TEST_CASE("A scan of new keys does not evict frequently used entries", "[cache]") {
  EtagCache cache(100'000, 1h);
  const std::size_t regulars = 60;
  for (int round = 0; round < 4; ++round) {
    for (std::size_t i = 0; i < regulars; ++i) {
      if (!cache.find(key(i))) cache.store(key(i), etag, cache.ticket());
    }
  }
  for (std::size_t i = 1000; i < 6000; ++i) cache.store(key(i), etag, cache.ticket());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < regulars; ++i) kept += cache.find(key(i)) ? 1u : 0u;
  CHECK(kept == regulars);
}

TEST_CASE("Concurrent writers and readers never leave a stale ETag", "[cache]") {
  EtagCache cache(roomy, 1h);
  std::atomic<int> truth{0};
  std::atomic<bool> stale{false};
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (int i = 1; i <= 20'000; ++i) {
      truth = i;
      cache.invalidate("a");
    }
    done = true;
  });
  std::vector<std::thread> readers;
  for (int r = 0; r < 3; ++r) {
    readers.emplace_back([&] {
      while (!done) {
        const auto ticket = cache.ticket();
        cache.store("a", std::to_string(truth.load()), ticket);
      }
    });
  }
  writer.join();
  for (auto& reader : readers) reader.join();
  if (const auto found = cache.find("a")) stale = *found != std::to_string(truth.load());
  CHECK_FALSE(stale);
}
