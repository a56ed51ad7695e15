// SPDX-License-Identifier: Apache-2.0
#include "gallery/decode_slots.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

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

TEST_CASE("A slot is released even if the decode fails", "[upload]") {
  DecodeSlots slots(1, 0ms);
  try {
    const DecodeSlots::Slot slot(slots);
    CHECK(code_of([&] { const DecodeSlots::Slot another(slots); }) == ErrorCode::busy);
    throw std::runtime_error("a decode failed");
  } catch (const std::runtime_error&) {
  }
  CHECK_NOTHROW(DecodeSlots::Slot(slots));
}
