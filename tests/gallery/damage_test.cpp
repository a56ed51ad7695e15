// SPDX-License-Identifier: Apache-2.0
// Stored bytes that were damaged on disk.
#include "gallery/damaged_gallery.hpp"
#include "gallery/observed_storage.hpp"

using namespace imagegallery;

TEST_CASE("A damaged original is quarantined and other images stay readable", "[damage]") {
  DamagedGallery f;
  const auto damaged = f.upload("damaged.png", 1);
  const auto sound = f.upload("sound.png", 2);
  f.overwrite_first_byte(damaged.descriptor.etag);
  CHECK(f.code_of_read(damaged, Variant::original) == ErrorCode::corrupt_data);

  const auto report = f.gallery.verify();
  CHECK(report.images == 2);
  REQUIRE(report.damage.size() == 1);
  CHECK(report.damage[0].tenant == "acme");
  CHECK(report.damage[0].key == "damaged.png");
  CHECK(report.damage[0].what == "original");
  CHECK_FALSE(report.damage[0].repaired);
  CHECK(f.code_of_read(damaged, Variant::original) == ErrorCode::corrupt_data);
  CHECK(f.gallery.read(f.acme, damaged.ref, {.variant = Variant::preview}).bytes().size() > 0);
  CHECK(f.gallery.read(f.acme, sound.ref).bytes() == make_test_png(400, 300, 2));
}

TEST_CASE("A damaged original that is its own preview is reported once", "[damage]") {
  DamagedGallery f;
  const auto bytes = make_test_png(20, 10);
  const auto info = f.gallery.upload(f.acme, Upload::from_bytes(bytes, {.file_name = "a.png"}));
  REQUIRE(info.descriptor.preview.etag == info.descriptor.etag);
  f.overwrite_first_byte(info.descriptor.etag);
  const auto report = f.gallery.verify();
  REQUIRE(report.damage.size() == 1);
  CHECK(report.damage[0].what == "original");
}

TEST_CASE("Content that is shorter than its record says is reported as damage", "[damage]") {
  const std::shared_ptr<StorageBackend> memory = open_memory();
  auto observed = std::make_unique<ObservedStorage>(memory);
  auto& storage = *observed;
  ImageGallery gallery{std::move(observed)};
  const auto acme = Principal::tenant_admin("acme");
  const auto bytes = make_test_png(20, 10);
  gallery.upload(acme, Upload::from_bytes(bytes, {.file_name = "a.png"}));
  const auto end = bytes.size() - 1;
  storage.on_read_at = [&](const ContentId& content, std::uint64_t offset,
                           std::span<std::byte> into) -> std::size_t {
    if (offset >= end) return 0;
    return memory->read_at(content, offset, into.first(std::min(into.size(), end - offset)));
  };
  const auto report = gallery.verify();
  REQUIRE(report.damage.size() == 1);
  CHECK(report.damage[0].what == "original");
}

TEST_CASE("Uploading the bytes again repairs a damaged image", "[damage]") {
  DamagedGallery f;
  const auto damaged = f.upload("damaged.png", 1);
  f.overwrite_first_byte(damaged.descriptor.etag);
  f.gallery.verify();

  const auto repaired =
      f.gallery.replace(f.acme, damaged.ref, Upload::from_bytes(make_test_png(400, 300, 1)));
  CHECK(repaired.descriptor.etag == damaged.descriptor.etag);
  CHECK(f.gallery.read(f.acme, damaged.ref).bytes() == make_test_png(400, 300, 1));
  CHECK(f.gallery.verify().damage.empty());
}

TEST_CASE("A damaged preview is rebuilt from its original", "[damage]") {
  DamagedGallery f;
  const auto damaged = f.upload("damaged.png", 1);
  f.overwrite_first_byte(damaged.descriptor.preview.etag);
  CHECK(f.code_of_read(damaged, Variant::preview) == ErrorCode::corrupt_data);

  const auto report = f.gallery.verify();
  REQUIRE(report.damage.size() == 1);
  CHECK(report.damage[0].what == "preview");
  CHECK(report.damage[0].repaired);
  const auto preview = f.gallery.read(f.acme, damaged.ref, {.variant = Variant::preview});
  CHECK(preview.bytes().size() == preview.descriptor.size);
  CHECK(f.gallery.verify().damage.empty());
}

TEST_CASE("Bytes of another image with a valid checksum are reported as damage", "[damage]") {
  DamagedGallery f;
  const auto one = f.upload("one.png", 1);
  const auto two = f.upload("two.png", 2);
  f.copy_first_chunk(one.descriptor.etag, two.descriptor.etag);

  const auto report = f.gallery.verify();
  REQUIRE(report.damage.size() == 1);
  CHECK(report.damage[0].key == "one.png");
  CHECK(f.code_of_read(one, Variant::original) == ErrorCode::corrupt_data);
}

TEST_CASE("A damaged image is neither exported nor shared with a duplicate", "[damage]") {
  DamagedGallery f;
  const auto damaged = f.upload("damaged.png", 1);
  f.overwrite_first_byte(damaged.descriptor.etag);
  CHECK(code_of([&] { (void)f.gallery.export_json(f.acme, damaged.ref); }) ==
        ErrorCode::corrupt_data);
  const auto again = f.upload("again.png", 1);
  CHECK(f.gallery.read(f.acme, again.ref).bytes() == make_test_png(400, 300, 1));
}
