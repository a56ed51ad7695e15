// SPDX-License-Identifier: Apache-2.0
#include "http/gzip_cache.hpp"

#include "catch.hpp"

#include <string>

using namespace imagegallery;

namespace {

struct Packer {
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

TEST_CASE("What was gzipped is not gzipped again", "[http]") {
  Packer packer;
  CHECK(packer.get("a", 100)->size() == 100);
  CHECK(packer.get("a", 100)->size() == 100);
  CHECK(packer.gzipped == 1);
}

TEST_CASE("What packing does not make smaller is remembered, too", "[http]") {
  Packer packer;
  CHECK(packer.get("a", 0) == nullptr);
  CHECK(packer.get("a", 0) == nullptr);
  CHECK(packer.gzipped == 1);
}

TEST_CASE("The least recently used goes when there is no more room", "[http]") {
  Packer packer;
  (void)packer.get("a", 1500);
  (void)packer.get("b", 1500);
  (void)packer.get("a", 1500);
  (void)packer.get("c", 1500);
  CHECK(packer.gzipped == 3);
  (void)packer.get("a", 1500);
  CHECK(packer.gzipped == 3);
  (void)packer.get("b", 1500);
  CHECK(packer.gzipped == 4);
}

TEST_CASE("What does not fit is given but not kept", "[http]") {
  Packer packer;
  (void)packer.get("a", 100);
  CHECK(packer.get("b", 5000)->size() == 5000);
  CHECK(packer.get("b", 5000)->size() == 5000);
  CHECK(packer.gzipped == 3);
  (void)packer.get("a", 100);
  CHECK(packer.gzipped == 3);
}

TEST_CASE("What is held outlives its place in the cache", "[http]") {
  Packer packer;
  const auto held = packer.get("a", 2000);
  (void)packer.get("b", 2000);
  (void)packer.get("c", 2000);
  CHECK(held->size() == 2000);
}
