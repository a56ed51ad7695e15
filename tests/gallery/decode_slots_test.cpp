// SPDX-License-Identifier: Apache-2.0
#include "gallery/decode_slots.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gallery/gallery_fixture.hpp"

using namespace imagegallery;
using namespace std::chrono_literals;

namespace {

/// A source that blocks its decode until `resume` is called.
class BlockingSource final : public ByteSource {
 public:
  BlockingSource(Bytes bytes, const ImageGallery& gallery)
      : bytes_(make_source(std::move(bytes))), gallery_(gallery) {}

  std::uint64_t size() const override { return bytes_->size(); }

  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    if (gallery_.stats().decodes > 0) {
      std::unique_lock lock(mutex_);
      is_decoded_ = true;
      changed_.notify_all();
      changed_.wait(lock, [&] { return is_resumed_; });
    }
    return bytes_->read_at(offset, into);
  }

  void wait_for_decode() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return is_decoded_; });
  }

  void resume() {
    const std::lock_guard lock(mutex_);
    is_resumed_ = true;
    changed_.notify_all();
  }

 private:
  const std::shared_ptr<const ByteSource> bytes_;
  const ImageGallery& gallery_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  mutable bool is_decoded_ = false;
  bool is_resumed_ = false;
};

}  // namespace

TEST_CASE("An upload throws busy if no decoder becomes free in time", "[upload]") {
  GalleryFixture f({.max_concurrent_decodes = 1, .max_decode_wait = 0ms});
  const auto source = std::make_shared<BlockingSource>(make_test_png(300, 20, 1), f.gallery);
  std::thread slow(
      [&] { f.gallery.upload(f.acme, Upload::from_source(source, {.file_name = "slow.png"})); });
  source->wait_for_decode();

  const auto second = [&] {
    f.gallery.upload(f.acme, Upload::from_bytes(make_test_png(300, 20, 2), {.file_name = "b.png"}));
  };
  try {
    second();
    FAIL("two images were decoded at once");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::busy);
    CHECK(error.retryable());
  }
  CHECK(f.gallery.list(f.acme).total == 0u);  // Reads do not wait.
  source->resume();
  slow.join();
  second();
  CHECK(f.gallery.list(f.acme).total == 2u);
  CHECK(f.gallery.usage(f.acme).images == 2);
}

TEST_CASE("A slot and its memory are released even if the decode fails", "[upload]") {
  DecodeSlots slots({.slots = 1, .max_memory_bytes = 10, .max_wait = 0ms});
  try {
    const DecodeSlots::Slot slot(slots, "acme", 10);
    CHECK(code_of([&] { const DecodeSlots::Slot another(slots, "acme", 0); }) == ErrorCode::busy);
    throw std::runtime_error("a decode failed");
  } catch (const std::runtime_error&) {
  }
  CHECK_NOTHROW(DecodeSlots::Slot(slots, "acme", 10));
}

TEST_CASE("Tenants take turns for decoders, so that many uploads of one do not delay another's",
          "[upload]") {
  // The order in which decodes start while the only decoder was busy with one of `running`.
  const auto order_of = [](const std::string& running, const std::vector<std::string>& arrivals) {
    DecodeSlots slots({.slots = 1, .max_memory_bytes = 1, .max_wait = 10min});
    std::vector<std::string> order;  // Only changed while holding the slot.
    std::vector<std::thread> threads;
    {
      const DecodeSlots::Slot slot(slots, running, 0);
      for (const auto& tenant : arrivals) {
        threads.emplace_back([&slots, &order, &tenant] {
          const DecodeSlots::Slot own(slots, tenant, 0);
          order.push_back(tenant);
        });
        while (slots.waiting() != threads.size()) std::this_thread::yield();
      }
    }
    for (auto& thread : threads) thread.join();
    return order;
  };
  using Names = std::vector<std::string>;
  CHECK(order_of("a", {"a", "a", "a", "b"}) == Names{"b", "a", "a", "a"});
  CHECK(order_of("c", {"a", "a", "a", "b", "b"}) == Names{"a", "b", "a", "b", "a"});
  CHECK(order_of("b", {"a", "a", "b", "c"}) == Names{"a", "c", "a", "b"});
}

TEST_CASE("Concurrent decodes hold at most the total decode memory", "[upload]") {
  constexpr std::uint64_t max_bytes = 100;
  SECTION("a decode waits until its memory is free") {
    DecodeSlots slots({.slots = 3, .max_memory_bytes = max_bytes, .max_wait = 0ms});
    const DecodeSlots::Slot held(slots, "acme", 60);
    CHECK(code_of([&] { DecodeSlots::Slot(slots, "acme", 41); }) == ErrorCode::busy);
    const DecodeSlots::Slot fits(slots, "acme", 40);
    CHECK(code_of([&] { DecodeSlots::Slot(slots, "globex", 1); }) == ErrorCode::busy);
  }
  SECTION("many threads never exceed it, and all get their turn") {
    DecodeSlots slots({.slots = 3, .max_memory_bytes = max_bytes, .max_wait = 10min});
    std::atomic<std::uint64_t> held{0};
    std::atomic<std::uint64_t> most{0};
    std::atomic<int> done{0};
    std::vector<std::thread> threads;
    for (std::uint64_t i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        for (std::uint64_t round = 0; round < 200; ++round) {
          const std::uint64_t bytes = (i * 37 + round * 11) % max_bytes + 1;
          const DecodeSlots::Slot slot(slots, i % 2 == 0 ? "acme" : "globex", bytes);
          const std::uint64_t now = held += bytes;
          for (std::uint64_t seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
          }
          std::this_thread::yield();
          held -= bytes;
          ++done;
        }
      });
    }
    for (auto& thread : threads) thread.join();
    CHECK(done == 8 * 200);
    CHECK(most <= max_bytes);
    CHECK(slots.waiting() == 0);
  }
}

TEST_CASE("A large decode is not overtaken by smaller ones forever", "[upload]") {
  DecodeSlots slots({.slots = 2, .max_memory_bytes = 100, .max_wait = 10min});
  std::vector<std::string> order;
  std::vector<std::thread> threads;
  const auto wait_for_slot = [&](const std::string& name, std::uint64_t bytes) {
    threads.emplace_back([&slots, &order, name, bytes] {
      const DecodeSlots::Slot slot(slots, name, bytes);
      order.push_back(name);  // One at a time: the large one needs all memory.
    });
    while (slots.waiting() != threads.size()) std::this_thread::yield();
  };
  {
    const DecodeSlots::Slot running(slots, "running", 60);
    wait_for_slot("large", 100);
    wait_for_slot("small", 1);
  }
  for (auto& thread : threads) thread.join();
  CHECK(order == std::vector<std::string>{"large", "small"});
}

TEST_CASE("An image that needs more than the total decode memory alone is refused", "[upload]") {
  GalleryFixture f({.max_total_decode_memory = 1'500'000});
  const auto upload = [&](const Bytes& bytes) {
    f.gallery.upload(f.acme, Upload::from_bytes(bytes, {.file_name = "a.png"}));
  };
  const auto large = make_test_png(30'000, 20, 1);
  CHECK(code_of([&] { upload(large); }) == ErrorCode::limit_exceeded);
  CHECK_THAT(message_of([&] { upload(large); }),
             ContainsSubstring("GalleryOptions::max_total_decode_memory"));
  CHECK(f.gallery.usage(f.acme).images == 0);
  CHECK_NOTHROW(upload(make_test_png(20, 10, 1)));
}

TEST_CASE("An upload whose pixels are not decoded needs no decoder", "[upload]") {
  GalleryFixture f({.max_concurrent_decodes = 1, .max_decode_wait = 0ms});
  const auto source = std::make_shared<BlockingSource>(make_test_png(300, 20, 1), f.gallery);
  std::thread slow(
      [&] { f.gallery.upload(f.acme, Upload::from_source(source, {.file_name = "slow.png"})); });
  source->wait_for_decode();
  const std::string svg = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>";
  CHECK_NOTHROW(f.gallery.upload(
      f.acme, Upload::from_source(make_source(std::string{svg}), {.file_name = "a.svg"})));
  source->resume();
  slow.join();
}

TEST_CASE("An import without decoding stores nothing that needs a decoder", "[transfer]") {
  GalleryFixture f;
  const auto pump = f.upload(f.acme, "pump.png");
  const auto document = f.gallery.export_document(f.acme, pump.ref);
  const auto decodes = f.gallery.stats().decodes;

  const auto same = f.gallery.import_without_decoding(f.acme, document);
  REQUIRE(same);
  CHECK(same->id == pump.id);
  CHECK_FALSE(f.gallery.import_without_decoding(f.globex, document));
  CHECK(f.gallery.usage(f.globex).images == 0);
  CHECK(f.gallery.stats().decodes == decodes);

  // Content that the tenant has under another key is shared, without a decode.
  f.gallery.rename(f.acme, pump.ref, "Another title");
  auto copy = document;
  copy.resource_key = copy.file_name = "copy.png";
  CHECK(f.gallery.import_without_decoding(f.acme, copy));
  CHECK(f.gallery.stats().decodes == decodes);

  CHECK(f.gallery.import_document(f.globex, document).tenant == "globex");
  CHECK(f.gallery.stats().decodes == decodes + 1);
}
