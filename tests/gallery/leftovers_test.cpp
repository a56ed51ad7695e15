// SPDX-License-Identifier: Apache-2.0
// Content that an operation stored and does not need is deleted at once, without a sweep.
#include <new>

#include "gallery/gallery_fixture.hpp"
#include "gallery/observed_storage.hpp"

using namespace imagegallery;

namespace {

/// A gallery whose storage is observed, and another over the same storage.
struct Observed {
  explicit Observed(GalleryOptions options = {}) {
    const std::shared_ptr<StorageBackend> memory = open_memory();
    auto observed = std::make_unique<ObservedStorage>(memory);
    storage = observed.get();
    options.now = [this] { return time; };
    gallery = std::make_unique<ImageGallery>(std::move(observed), options);
    other = std::make_unique<ImageGallery>(std::make_unique<ForwardingBackend>(memory), options);
  }

  ImageInfo upload(const Bytes& bytes, const UploadOptions& options = {}) {
    return gallery->upload(acme, Upload::from_bytes(bytes, options));
  }

  Time time{std::chrono::milliseconds{1'700'000'000'000}};
  ObservedStorage* storage = nullptr;
  std::unique_ptr<ImageGallery> gallery;
  std::unique_ptr<ImageGallery> other;
  Principal acme = Principal::tenant_admin("acme");
};

const GalleryOptions two_presets{.presets = {{"preview", 100}, {"card", 200}}};

[[noreturn]] void fail_storage() { throw Error(ErrorCode::storage_failure, "the disk is broken"); }

}  // namespace

TEST_CASE("An upload stores its original and each of its previews once", "[leftovers]") {
  Observed f(two_presets);
  f.upload(make_test_png(400, 300));
  CHECK(f.storage->puts == 3);
  CHECK(f.storage->kept.size() == 3);
}

TEST_CASE("An upload whose content cannot be stored leaves none of it", "[leftovers]") {
  Observed f(two_presets);
  f.storage->failing_put = GENERATE(1, 2, 3);
  f.storage->on_failing_put = fail_storage;
  CHECK(code_of([&] { f.upload(make_test_png(400, 300)); }) == ErrorCode::storage_failure);
  CHECK(f.storage->puts == f.storage->failing_put);
  CHECK(f.storage->kept.empty());
}

TEST_CASE("A refused commit leaves none of the upload's content", "[leftovers]") {
  const auto bytes = make_test_png(400, 300);
  auto options = two_presets;
  options.limits.max_total_bytes = bytes.size();
  Observed f(options);
  f.storage->before_commit = [&] { f.other->upload(f.acme, Upload::from_bytes(bytes)); };
  CHECK(code_of([&] { f.upload(bytes); }) == ErrorCode::limit_exceeded);
  CHECK(f.storage->puts == 3);
  CHECK(f.storage->kept.empty());
}

TEST_CASE("A commit that runs out of memory leaves none of the upload's content", "[leftovers]") {
  Observed f(two_presets);
  f.storage->before_commit = [] { throw std::bad_alloc{}; };
  CHECK_THROWS_AS(f.upload(make_test_png(400, 300)), std::bad_alloc);
  CHECK(f.storage->puts == 3);
  CHECK(f.storage->kept.empty());
}

TEST_CASE("A refused replacement leaves none of its content", "[leftovers]") {
  Observed f;
  const auto info = f.upload(make_test_png(400, 300, 1));
  const auto before = f.storage->kept;
  f.storage->before_commit = [&] { f.other->remove(f.acme, info.ref); };
  const auto bytes = make_test_png(400, 300, 2);
  CHECK(code_of([&] { f.gallery->replace(f.acme, info.ref, Upload::from_bytes(bytes)); }) ==
        ErrorCode::not_found);
  CHECK(f.storage->puts == 4);
  CHECK(f.storage->kept == before);
}

TEST_CASE("A repeated operation keeps the first content and leaves none of the second",
          "[leftovers]") {
  Observed f;
  const auto first = f.upload(make_test_png(400, 300, 1), {.operation_id = "op-1"});
  const auto before = f.storage->kept;
  CHECK(f.upload(make_test_png(400, 300, 2), {.operation_id = "op-1"}) == first);
  CHECK(f.storage->puts == 4);
  CHECK(f.storage->kept == before);
  CHECK(f.gallery->read(f.acme, first.ref).bytes() == make_test_png(400, 300, 1));
}

TEST_CASE("A repeated operation with the same bytes keeps them", "[leftovers]") {
  Observed f;
  const auto first = f.upload(make_test_png(400, 300, 1), {.operation_id = "op-1"});
  const auto before = f.storage->kept;
  CHECK(f.upload(make_test_png(400, 300, 1), {.operation_id = "op-1"}) == first);
  CHECK(f.storage->kept == before);
}

TEST_CASE("A refused upload of bytes that another image has keeps them", "[leftovers]") {
  const auto bytes = make_test_png(400, 300);
  Observed f({.limits = {.max_total_bytes = bytes.size()}});
  f.upload(bytes);
  const auto before = f.storage->kept;
  CHECK(code_of([&] { f.upload(bytes); }) == ErrorCode::limit_exceeded);
  CHECK(f.storage->puts == 2);  // shared, so not stored again
  CHECK(f.storage->kept == before);
}

TEST_CASE("An image over its tenant's limit is refused before it is decoded or stored",
          "[leftovers]") {
  const auto bytes = make_test_png(400, 300);
  Observed f({.limits = {.max_image_bytes = bytes.size() - 1}});
  CHECK(code_of([&] { f.upload(bytes); }) == ErrorCode::limit_exceeded);
  CHECK(f.gallery->stats().decodes == 0);
  CHECK(f.storage->puts == 0);
  CHECK(f.storage->commits == 0);

  f.gallery->set_limits(Principal::system_admin(), "acme", {.max_image_bytes = bytes.size()});
  CHECK_NOTHROW(f.upload(bytes));
}

TEST_CASE("A replacement may use the space that it frees", "[leftovers]") {
  const auto one = make_test_png(400, 300, 1);
  const auto two = make_test_png(400, 300, 2);
  Observed f({.limits = {.max_total_bytes = std::max(one.size(), two.size())}});
  const auto info = f.upload(one);
  CHECK_NOTHROW(f.gallery->replace(f.acme, info.ref, Upload::from_bytes(two)));
}

TEST_CASE("A replacement by fewer bytes is accepted even if they exceed the total", "[leftovers]") {
  Observed f;
  const auto info = f.upload(make_test_png(400, 300, 1, true));
  f.gallery->set_limits(Principal::system_admin(), "acme", {.max_total_bytes = 10});
  const auto fewer = make_test_png(200, 150, 1, true);
  CHECK_NOTHROW(f.gallery->replace(f.acme, info.ref, Upload::from_bytes(fewer)));
}

TEST_CASE("An upload stores its bytes again if those it was to share were swept meanwhile",
          "[leftovers]") {
  Observed f;
  const auto bytes = make_test_png(400, 300);
  const auto first = f.upload(bytes, {.file_name = "a.png"});
  f.storage->before_commit = [&] {
    f.other->remove(f.acme, first.ref);
    f.time += std::chrono::hours{2};
    while (f.other->sweep()) {
    }
  };
  const auto second = f.upload(bytes, {.file_name = "b.png"});
  CHECK(f.storage->puts == 4);
  CHECK(f.gallery->read(f.acme, second.ref).bytes() == bytes);
  CHECK(f.gallery->read(f.acme, second.ref, {.variant = Variant::preview}).bytes().size() > 0);
}

TEST_CASE("A rebuild that cannot store its previews fails and leaves none of them", "[leftovers]") {
  const std::shared_ptr<StorageBackend> memory = open_memory();
  const auto acme = Principal::tenant_admin("acme");
  ImageGallery before(std::make_unique<ForwardingBackend>(memory));
  const auto bytes = make_test_png(400, 300);
  before.upload(acme, Upload::from_bytes(bytes));

  auto observed = std::make_unique<ObservedStorage>(memory);
  auto& storage = *observed;
  ImageGallery after(std::move(observed), two_presets);
  storage.failing_put = GENERATE(1, 2);
  storage.on_failing_put = fail_storage;
  CHECK(code_of([&] { after.rebuild_previews(); }) == ErrorCode::storage_failure);
  CHECK(storage.kept.empty());
  CHECK(after.rebuild_previews() == 1);
  CHECK(storage.kept.size() == 2);
}

TEST_CASE("A rebuild of an image that is removed meanwhile leaves no previews", "[leftovers]") {
  const std::shared_ptr<StorageBackend> memory = open_memory();
  const auto acme = Principal::tenant_admin("acme");
  ImageGallery before(std::make_unique<ForwardingBackend>(memory));
  const auto bytes = make_test_png(400, 300);
  const auto info = before.upload(acme, Upload::from_bytes(bytes));

  auto observed = std::make_unique<ObservedStorage>(memory);
  auto& storage = *observed;
  ImageGallery after(std::move(observed), two_presets);
  storage.before_commit = [&] { before.remove(acme, info.ref); };
  CHECK(after.rebuild_previews() == 0);
  CHECK(storage.puts == 2);
  CHECK(storage.kept.empty());
}

TEST_CASE("A rebuild whose commit fails leaves no previews and throws", "[leftovers]") {
  const std::shared_ptr<StorageBackend> memory = open_memory();
  const auto acme = Principal::tenant_admin("acme");
  ImageGallery before(std::make_unique<ForwardingBackend>(memory));
  const auto bytes = make_test_png(400, 300);
  before.upload(acme, Upload::from_bytes(bytes));

  auto observed = std::make_unique<ObservedStorage>(memory);
  auto& storage = *observed;
  ImageGallery after(std::move(observed), two_presets);
  storage.before_commit = fail_storage;
  CHECK(code_of([&] { after.rebuild_previews(); }) == ErrorCode::storage_failure);
  CHECK(storage.puts == 2);
  CHECK(storage.kept.empty());
}

TEST_CASE("An image that can no longer be decoded keeps its previews", "[leftovers]") {
  const std::shared_ptr<StorageBackend> memory = open_memory();
  const auto acme = Principal::tenant_admin("acme");
  auto options = two_presets;
  options.damaged_images = DamagedImages::keep_without_preview;
  ImageGallery lenient(std::make_unique<ForwardingBackend>(memory), options);
  auto bytes = make_test_png(400, 300, 1, true);
  bytes.resize(bytes.size() / 2);
  const auto info = lenient.upload(acme, Upload::from_bytes(bytes));

  ImageGallery strict(std::make_unique<ForwardingBackend>(memory));
  CHECK(strict.rebuild_previews() == 0);
  CHECK(lenient.find(acme, info.ref) == info);
}
