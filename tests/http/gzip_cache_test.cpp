// SPDX-License-Identifier: Apache-2.0
#include "http/gzip_cache.hpp"

#include "catch.hpp"

#include <string>

using namespace imagegallery;

namespace {

struct Compressor {
  GzipCache cache{4096};
  int gzipped = 0;

  GzipCache::Gzipped get(const std::string& name, std::size_t size) {
    return cache.find_or_gzip(name, [&]() -> GzipCache::Gzipped {
      ++gzipped;
      return size == 0 ? nullptr : make_source(Bytes(size));
    });
  }
};

}  // namespace

TEST_CASE("Cached content is not gzipped again", "[http]") {
  Compressor compressor;
  CHECK(compressor.get("a", 100)->size() == 100);
  CHECK(compressor.get("a", 100)->size() == 100);
  CHECK(compressor.gzipped == 1);
}

TEST_CASE("Incompressible content is cached as such", "[http]") {
  Compressor compressor;
  CHECK(compressor.get("a", 0) == nullptr);
  CHECK(compressor.get("a", 0) == nullptr);
  CHECK(compressor.gzipped == 1);
}

TEST_CASE("A full cache evicts the least recently used entry", "[http]") {
  Compressor compressor;
  (void)compressor.get("a", 1500);
  (void)compressor.get("b", 1500);
  (void)compressor.get("a", 1500);
  (void)compressor.get("c", 1500);
  CHECK(compressor.gzipped == 3);
  (void)compressor.get("a", 1500);
  CHECK(compressor.gzipped == 3);
  (void)compressor.get("b", 1500);
  CHECK(compressor.gzipped == 4);
}

TEST_CASE("Content larger than the cache is returned but not cached", "[http]") {
  Compressor compressor;
  (void)compressor.get("a", 100);
  CHECK(compressor.get("b", 5000)->size() == 5000);
  CHECK(compressor.get("b", 5000)->size() == 5000);
  CHECK(compressor.gzipped == 3);
  (void)compressor.get("a", 100);
  CHECK(compressor.gzipped == 3);
}

TEST_CASE("Content in use outlives its eviction", "[http]") {
  Compressor compressor;
  const auto held = compressor.get("a", 2000);
  (void)compressor.get("b", 2000);
  (void)compressor.get("c", 2000);
  CHECK(held->size() == 2000);
}
