// SPDX-License-Identifier: Apache-2.0
// In its own program, because it replaces the allocator, as sanitizers do.
#include <imagegallery/etag_cache.hpp>

#include <atomic>
#include <cstdlib>
#include <new>
#include <random>
#include <string>

#include "catch.hpp"

using namespace imagegallery;
using namespace std::chrono_literals;

namespace {

std::atomic<std::int64_t> heap_bytes{0};

}  // namespace

void* operator new(std::size_t size) {
  auto* block = static_cast<std::size_t*>(std::malloc(size + 16));
  if (!block) throw std::bad_alloc();
  *block = size;
  heap_bytes += static_cast<std::int64_t>(size + 16);
  return block + 2;
}
void operator delete(void* pointer) noexcept {
  if (!pointer) return;
  auto* block = static_cast<std::size_t*>(pointer) - 2;
  heap_bytes -= static_cast<std::int64_t>(*block + 16);
  std::free(block);
}
void operator delete(void* pointer, std::size_t) noexcept { operator delete(pointer); }

TEST_CASE("Neither the counted bytes nor the heap exceed the maximum", "[cache]") {
  const std::uint64_t max_bytes = GENERATE(4096u, 200'000u, 2u << 20);
  const auto before = heap_bytes.load();
  EtagCache cache(max_bytes, 1h);
  const auto empty = heap_bytes.load() - before;
  std::mt19937 random(1);
  for (int i = 0; i < 40'000; ++i) {
    const auto name = "tenant/image-" + std::to_string(random() % 20'000) + ".png";
    if (!cache.find(name)) cache.store(name, std::string(32, 'a'), cache.ticket());
  }
  CHECK(cache.stats().bytes <= max_bytes);
  CHECK(cache.stats().bytes > max_bytes / 2);
  // Plus 1 KiB for the 16 ghosts that even the smallest cache keeps.
  CHECK(heap_bytes.load() - before - empty <= static_cast<std::int64_t>(max_bytes) + 1024);
}
