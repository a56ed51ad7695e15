// SPDX-License-Identifier: Apache-2.0
// Cached ETags while the same or another process changes the images.
#include "gallery/current_etags.hpp"

#include "gallery/gallery_fixture.hpp"
#include "gallery/observed_storage.hpp"

using namespace imagegallery;

namespace {

/// Two galleries over one storage, like two processes. The time of both is `time`.
struct TwoGalleries {
  explicit TwoGalleries(GalleryOptions options = {}) {
    const std::shared_ptr<StorageBackend> storage = open_memory();
    options.now = [this] { return time; };
    auto observed = std::make_unique<ObservedStorage>(storage);
    ours_storage = observed.get();
    ours = std::make_unique<ImageGallery>(std::move(observed), options);
    theirs = std::make_unique<ImageGallery>(std::make_unique<ForwardingBackend>(storage), options);
  }

  ImageInfo upload(const std::string& name, std::uint32_t seed) {
    const auto bytes = make_test_png(20, 10, seed);
    return ours->upload(acme, Upload::from_bytes(bytes, {.file_name = name, .is_public = true}));
  }

  void replace_in_the_other(const ImageInfo& info) {
    const auto bytes = make_test_png(20, 10, 99);
    theirs->replace(acme, info.ref, Upload::from_bytes(bytes));
  }

  /// Whether our gallery responds that the bytes are those of `info`.
  bool is_current(const ImageInfo& info) {
    return ours->read(acme, info.ref, conditional(info)).not_modified;
  }
  bool is_current_public(const ImageInfo& info) {
    return ours->read_public(info.public_key, conditional(info)).not_modified;
  }

  static ReadOptions conditional(const ImageInfo& info) {
    return {.if_none_match = "\"" + info.descriptor.etag + "\""};
  }

  Time time{std::chrono::milliseconds{1'700'000'000'000}};
  ObservedStorage* ours_storage = nullptr;
  std::unique_ptr<ImageGallery> ours;
  std::unique_ptr<ImageGallery> theirs;
  Principal acme = Principal::tenant_admin("acme");
};

}  // namespace

TEST_CASE("A change by another process ends a cached ETag", "[etags]") {
  TwoGalleries two;
  const auto info = two.upload("a.png", 1);
  REQUIRE(two.is_current(info));
  REQUIRE(two.is_current(info));
  REQUIRE(two.ours->stats().etag_cache.hits == 1);
  two.replace_in_the_other(info);
  CHECK_FALSE(two.is_current(info));
}

TEST_CASE("A change by another process ends the cached ETag of a public image", "[etags]") {
  TwoGalleries two;
  const auto info = two.upload("a.png", 1);
  REQUIRE(two.is_current_public(info));
  REQUIRE(two.is_current_public(info));
  REQUIRE(two.ours->stats().etag_cache.hits == 2);  // the public key's name and its entry
  two.replace_in_the_other(info);
  CHECK_FALSE(two.is_current_public(info));
}

TEST_CASE("A change by another process ends the cached ETag of each preview", "[etags]") {
  TwoGalleries two({.presets = {{"preview", 16}, {"card", 18}}});
  const auto info = two.upload("a.png", 1);
  const auto& card = info.descriptor.more_previews.at(0);
  const ReadOptions conditional{
      .variant = Variant::preview, .preset = "card", .if_none_match = "\"" + card.etag + "\""};
  REQUIRE(two.ours->read(two.acme, info.ref, conditional).not_modified);
  REQUIRE(two.ours->read(two.acme, info.ref, conditional).not_modified);
  REQUIRE(two.ours->stats().etag_cache.hits == 1);
  two.replace_in_the_other(info);
  CHECK_FALSE(two.ours->read(two.acme, info.ref, conditional).not_modified);
}

TEST_CASE("A gallery that is the only process does not ask for changes before it reads its cache",
          "[etags]") {
  const bool single_process = GENERATE(false, true);
  TwoGalleries two({.single_process = single_process});
  const auto info = two.upload("a.png", 1);
  REQUIRE(two.is_current(info));
  REQUIRE(two.is_current_public(info));
  two.ours_storage->feeds = 0;
  CHECK(two.is_current(info));
  CHECK(two.is_current_public(info));
  CHECK(two.ours_storage->feeds == (single_process ? 0 : 2));
}

TEST_CASE("An ETag that was read before a change is not cached after it", "[etags]") {
  TwoGalleries two;
  const auto info = two.upload("a.png", 1);
  const auto bytes = make_test_png(20, 10, 2);
  two.ours_storage->after_find = [&] {
    two.ours->replace(two.acme, info.ref, Upload::from_bytes(bytes));
  };
  REQUIRE(two.ours->read(two.acme, info.ref).etag == info.descriptor.etag);
  CHECK_FALSE(two.is_current(info));
}

TEST_CASE("An ETag that was read by public key before a change is not cached after it", "[etags]") {
  TwoGalleries two;
  const auto info = two.upload("a.png", 1);
  const auto bytes = make_test_png(20, 10, 2);
  two.ours_storage->after_find = [&] {
    two.ours->replace(two.acme, info.ref, Upload::from_bytes(bytes));
  };
  REQUIRE(two.ours->read_public(info.public_key).etag == info.descriptor.etag);
  CHECK_FALSE(two.is_current_public(info));
}

TEST_CASE("Cached ETags end if the changes since were deleted from the change log", "[etags]") {
  TwoGalleries two({.change_log_age = std::chrono::hours{1}});
  const auto info = two.upload("a.png", 1);
  REQUIRE(two.is_current(info));
  two.replace_in_the_other(info);
  two.time += std::chrono::hours{2};
  while (two.theirs->sweep()) {
  }
  CHECK_FALSE(two.is_current(info));
}

TEST_CASE("A change is noticed after any number of other changes", "[etags]") {
  TwoGalleries two;
  const auto info = two.upload("a.png", 1);
  const auto other = two.upload("b.png", 2);
  REQUIRE(two.is_current(info));
  // Changes are read in batches of 1000.
  const int others = GENERATE(0, 998, 999, 1000, 1001, 2000);
  for (int i = 0; i < others; ++i) two.theirs->rename(two.acme, other.ref, std::to_string(i));
  two.replace_in_the_other(info);
  CHECK_FALSE(two.is_current(info));
}

TEST_CASE("ETags of images that did not change stay cached", "[etags]") {
  TwoGalleries two;
  const auto info = two.upload("a.png", 1);
  const auto other = two.upload("b.png", 2);
  REQUIRE(two.is_current(info));
  two.theirs->rename(two.acme, other.ref, "b");
  two.theirs->set_limits(Principal::system_admin(), "acme", {});
  two.ours_storage->feeds = 0;
  CHECK(two.is_current(info));
  CHECK(two.ours_storage->feeds == 1);
  CHECK(two.ours->stats().etag_cache.hits == 1);
}

TEST_CASE("The ETags of several public images and their previews are cached", "[etags]") {
  const std::shared_ptr<StorageBackend> storage = open_memory();
  ImageGallery gallery{std::make_unique<ForwardingBackend>(storage)};
  const auto acme = Principal::tenant_admin("acme");
  const std::vector<std::string> names{"a.png", "b.png"};
  for (const auto& name : names) {
    gallery.upload(
        acme, Upload::from_bytes(make_test_png(20, 10), {.file_name = name, .is_public = true}));
  }
  ErrorReports reports({});
  CurrentEtags etags(*storage, gallery.options(), reports);
  for (const auto& name : names) {
    const auto record = storage->find("acme", name).value();
    etags.store(record, "", name, etags.ticket());
    etags.store(record, "preview", "preview of " + name, etags.ticket());
  }
  for (const auto& name : names) {
    const auto public_key = storage->find("acme", name).value().public_key;
    CHECK(etags.find_public(public_key, "") == name);
    CHECK(etags.find_public(public_key, "preview") == "preview of " + name);
  }
}

TEST_CASE("A public key does not lead to the ETag of an image that has lost it", "[etags]") {
  const std::shared_ptr<StorageBackend> storage = open_memory();
  ImageGallery gallery{std::make_unique<ForwardingBackend>(storage)};
  const auto acme = Principal::tenant_admin("acme");
  const auto bytes = make_test_png(20, 10);
  gallery.upload(acme, Upload::from_bytes(bytes, {.file_name = "a.png", .is_public = true}));
  ErrorReports reports({});
  CurrentEtags etags(*storage, gallery.options(), reports);
  const auto record = storage->find("acme", "a.png").value();
  etags.store(record, "", "one", etags.ticket());
  CHECK(etags.find_public(record.public_key, "") == "one");
  auto hidden = record;
  hidden.is_public = false;
  etags.store(hidden, "", "one", etags.ticket());
  CHECK_FALSE(etags.find_public(record.public_key, ""));
  CHECK(etags.find("acme", "a.png", "") == "one");
}
