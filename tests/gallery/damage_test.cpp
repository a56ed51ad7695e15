// SPDX-License-Identifier: Apache-2.0
// Stored bytes that were damaged on disk.
#include <imagegallery/storage/sqlite.hpp>

#include <sqlite3.h>

#include <stdexcept>

#include "gallery/gallery_fixture.hpp"
#include "gallery/observed_storage.hpp"
#include "storage/scratch_directory.hpp"

using namespace imagegallery;

namespace {

/// A gallery in a SQLite file whose content can be damaged.
struct DamagedGallery {
  /// Overwrites the first byte of the content with `etag`, an original or a preview.
  void overwrite_first_byte(const std::string& etag) {
    run("UPDATE chunk SET bytes = CAST(x'00' || substr(bytes, 2) AS BLOB) WHERE id = (SELECT number"
        " FROM (SELECT content.number << 20 AS number FROM image JOIN content"
        " ON content.number = image.content WHERE image.etag = '" +
        etag + "' UNION SELECT stored << 20 FROM preview WHERE etag = '" + etag + "'))");
  }

  /// Replaces the first chunk by another image's, with its checksum. Chunk checksums do not detect
  /// this.
  void copy_first_chunk(const std::string& etag, const std::string& other_etag) {
    run("UPDATE chunk SET (bytes, checksum) = (SELECT bytes, checksum FROM chunk WHERE id ="
        " (SELECT content << 20 FROM image WHERE etag = '" +
        other_etag + "')) WHERE id = (SELECT content << 20 FROM image WHERE etag = '" + etag +
        "')");
  }

  void run(const std::string& sql) {
    sqlite3* handle = nullptr;
    sqlite3_open(path.c_str(), &handle);
    const int code = sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr);
    const int changed = sqlite3_changes(handle);
    const std::string message = sqlite3_errmsg(handle);
    sqlite3_close(handle);
    if (code != SQLITE_OK || changed != 1)
      throw std::runtime_error("nothing was damaged: " + message);
  }

  ImageInfo upload(const std::string& name, std::uint32_t seed) {
    return gallery.upload(acme,
                          Upload::from_bytes(make_test_png(400, 300, seed), {.file_name = name}));
  }

  ErrorCode code_of_read(const ImageInfo& info, Variant variant) {
    return code_of([&] { (void)gallery.read(acme, info.ref, {.variant = variant}).bytes(); });
  }

  ScratchDirectory directory;
  std::filesystem::path path = directory.path() / "gallery.db";
  ImageGallery gallery{open_sqlite(path)};
  Principal acme = Principal::tenant_admin("acme");
};

}  // namespace

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
