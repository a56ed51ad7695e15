// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <fstream>

#include "gallery/gallery_fixture.hpp"

using namespace imagegallery;

namespace {

std::string quoted(const std::string& etag) { return "\"" + etag + "\""; }

}  // namespace

TEST_CASE("The original can be read byte for byte, whole and in parts", "[read]") {
  GalleryFixture f;
  const auto bytes = make_test_png(400, 300, 1, true);
  const auto info = f.gallery.upload(f.acme, Upload::from_bytes(bytes, {.file_name = "a.png"}));
  const auto result = f.gallery.read(f.acme, info.ref);
  CHECK_FALSE(result.not_modified);
  CHECK(result.etag == info.descriptor.etag);
  CHECK(result.descriptor == static_cast<const ContentDescriptor&>(info.descriptor));
  CHECK(result.bytes() == bytes);
  Bytes part(1000);
  CHECK(result.content->read_at(260'000, part) == 1000);
  CHECK(std::equal(part.begin(), part.end(), bytes.begin() + 260'000));
}

TEST_CASE("A preview has its own size and ETag", "[read]") {
  GalleryFixture f;
  const auto bytes = make_test_png(400, 300);
  const auto info = f.gallery.upload(f.acme, Upload::from_bytes(bytes));
  const auto preview = f.gallery.read(f.acme, info.ref, {.variant = Variant::preview});
  CHECK(preview.etag == info.descriptor.preview.etag);
  CHECK(preview.bytes().size() == info.descriptor.preview.size);
  const auto header = read_header(*preview.content);
  CHECK(header.width == 250);
  CHECK(header.height == 188);
}

TEST_CASE("An unknown preset is an error", "[read]") {
  GalleryFixture f;
  const auto info = f.upload(f.acme, "a.png");
  CHECK(code_of([&] {
          (void)f.gallery.read(f.acme, info.ref, {.variant = Variant::preview, .preset = "huge"});
        }) == ErrorCode::invalid_argument);
}

TEST_CASE("A current ETag returns not modified, with a cold and a warm cache", "[read]") {
  GalleryFixture f;
  const auto info = f.upload(f.acme, "a.png");
  const ReadOptions options{.if_none_match = quoted(info.descriptor.etag)};
  const auto cold = f.gallery.read(f.acme, info.ref, options);
  CHECK(cold.not_modified);
  CHECK(cold.etag == info.descriptor.etag);
  CHECK_FALSE(cold.content);
  CHECK(f.gallery.stats().etag_cache.hits == 0);
  const auto warm = f.gallery.read(f.acme, info.ref, options);
  CHECK(warm.not_modified);
  CHECK(f.gallery.stats().etag_cache.hits == 1);
  CHECK(f.gallery.stats().not_modified == 2);
}

TEST_CASE("Without a cache a current ETag still returns not modified", "[read]") {
  GalleryFixture f({.cache = {.etags_max_bytes = 0}});
  const auto info = f.upload(f.acme, "a.png");
  for (int i = 0; i < 2; ++i) {
    CHECK(f.gallery.read(f.acme, info.ref, {.if_none_match = quoted(info.descriptor.etag)})
              .not_modified);
  }
  CHECK(f.gallery.stats().etag_cache.entries == 0);
}

TEST_CASE("After the bytes change, the old ETag is never current again", "[read]") {
  GalleryFixture f;
  const auto old = f.upload(f.acme, "a.png", 1);
  const ReadOptions with_old{.if_none_match = quoted(old.descriptor.etag)};
  const ReadOptions preview_with_old{.variant = Variant::preview,
                                     .if_none_match = quoted(old.descriptor.preview.etag)};
  CHECK(f.gallery.read(f.acme, old.ref, with_old).not_modified);
  CHECK(f.gallery.read(f.acme, old.ref, preview_with_old).not_modified);
  const auto bytes = make_test_png(20, 10, 2);
  f.gallery.replace(f.acme, old.ref, Upload::from_bytes(bytes));
  CHECK_FALSE(f.gallery.read(f.acme, old.ref, with_old).not_modified);
  CHECK_FALSE(f.gallery.read(f.acme, old.ref, preview_with_old).not_modified);
  f.gallery.remove(f.acme, old.ref);
  CHECK(code_of([&] { (void)f.gallery.read(f.acme, old.ref, with_old); }) == ErrorCode::not_found);
}

TEST_CASE("An image can be read by its public key only while it is public", "[read]") {
  GalleryFixture f;
  const auto info = f.upload(f.acme, "a.png");
  const auto key = info.public_key;
  const ReadOptions conditional{.if_none_match = quoted(info.descriptor.etag)};
  CHECK(code_of([&] { (void)f.gallery.read_public(key); }) == ErrorCode::not_found);
  const auto shown = f.gallery.set_public(f.acme, info.ref, true);
  CHECK(shown.public_link() == "/api/images/public/" + key);
  CHECK(f.gallery.read_public(key).bytes() == make_test_png(20, 10));
  CHECK(f.gallery.read_public(key, conditional).not_modified);
  CHECK(f.gallery.read_public(key, conditional).not_modified);
  f.gallery.set_public(f.acme, info.ref, false);
  CHECK(code_of([&] { (void)f.gallery.read_public(key, conditional); }) == ErrorCode::not_found);
}

TEST_CASE("A public key never leads to a later image with the same key", "[read]") {
  GalleryFixture f;
  const auto first = f.upload(f.acme, "a.png", 1);
  f.gallery.set_public(f.acme, first.ref, true);
  const ReadOptions conditional{.if_none_match = "*"};
  CHECK(f.gallery.read_public(first.public_key, conditional).not_modified);
  f.gallery.remove(f.acme, first.ref);
  const auto second = f.upload(f.acme, "a.png", 2);
  f.gallery.set_public(f.acme, second.ref, true);
  CHECK(f.gallery.read_public(second.public_key, conditional).not_modified);
  CHECK(code_of([&] { (void)f.gallery.read_public(first.public_key, conditional); }) ==
        ErrorCode::not_found);
}

TEST_CASE("Replaced bytes stay readable to a reader that has started", "[read]") {
  GalleryFixture f;
  const auto info = f.upload(f.acme, "a.png", 1);
  const auto before = f.gallery.read(f.acme, info.ref);
  const auto bytes = make_test_png(20, 10, 2);
  f.gallery.replace(f.acme, info.ref, Upload::from_bytes(bytes));
  f.time += std::chrono::minutes{59};
  while (f.gallery.sweep()) {
  }
  CHECK(before.bytes() == make_test_png(20, 10, 1));
  f.time += std::chrono::minutes{2};
  while (f.gallery.sweep()) {
  }
  CHECK(code_of([&] { (void)before.bytes(); }) == ErrorCode::not_found);
}

TEST_CASE("A read result can outlive the gallery", "[read]") {
  ReadResult result;
  {
    GalleryFixture f;
    result = f.gallery.read(f.acme, f.upload(f.acme, "a.png").ref);
  }
  CHECK(result.bytes() == make_test_png(20, 10));
}

TEST_CASE("An image is written to a file byte for byte", "[read]") {
  GalleryFixture f;
  const auto info = f.upload(f.acme, "a.png");
  const auto path = std::filesystem::temp_directory_path() / "imagegallery-write-file-test.png";
  write_file(path, f.gallery.read(f.acme, info.ref));
  CHECK(read_all(*open_file(path)) == make_test_png(20, 10));
  std::filesystem::remove(path);
  const auto unmodified = f.gallery.read(f.acme, info.ref, {.if_none_match = "*"});
  CHECK(code_of([&] { write_file(path, unmodified); }) == ErrorCode::invalid_argument);
  CHECK_FALSE(std::filesystem::exists(path));
  const auto result = f.gallery.read(f.acme, info.ref);
  CHECK(code_of([&] { write_file("/nonexistent/directory/a.png", result); }) ==
        ErrorCode::storage_failure);
}

TEST_CASE("Invalid keys count as absent and are not errors", "[read]") {
  GalleryFixture f;
  const std::string key = GENERATE(std::string{}, std::string{"a/b"}, std::string{"a\0preview", 9});
  CHECK_FALSE(f.gallery.find(f.acme, {Scope::tenant, key}));
  CHECK(code_of([&] {
          (void)f.gallery.read(f.acme, {Scope::tenant, key});
        }) == ErrorCode::not_found);
}
