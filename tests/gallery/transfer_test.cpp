// SPDX-License-Identifier: Apache-2.0
#include "gallery/gallery_fixture.hpp"

using namespace imagegallery;

TEST_CASE("Importing a removed image restores its key and public key", "[transfer]") {
  GalleryFixture f;
  const auto bytes = make_test_png(20, 10);
  const auto before = f.gallery.upload(
      f.acme,
      Upload::from_bytes(bytes, {.title = "Pump", .file_name = "pump.png", .is_public = true}));
  const auto json = f.gallery.export_json(f.acme, before.ref);
  CHECK_THAT(json, ContainsSubstring(R"("resourceKey":"pump.png")"));
  CHECK_THAT(json, ContainsSubstring(R"("link":"/api/images/tenant/pump.png")"));
  f.gallery.remove(f.acme, before.ref);
  const auto after = f.gallery.import_json(f.acme, json);
  CHECK(after.ref == before.ref);
  CHECK(after.title == "Pump");
  CHECK(after.public_key == before.public_key);
  CHECK(after.is_public);
  CHECK(after.descriptor == before.descriptor);
  CHECK(f.gallery.read(f.acme, after.ref).bytes() == bytes);
  CHECK(f.gallery.export_json(f.acme, after.ref) == json);
}

TEST_CASE("Importing an existing image returns it and changes nothing", "[transfer]") {
  GalleryFixture f;
  const auto info = f.upload(f.acme, "a.png");
  const auto json = f.gallery.export_json(f.acme, info.ref);
  const auto conflict =
      GENERATE(ImportConflict::keep_both, ImportConflict::replace, ImportConflict::refuse);
  CHECK(f.gallery.import_json(f.acme, json, {.on_conflict = conflict}) == info);
  CHECK(f.gallery.list(f.acme).total == 1u);
}

TEST_CASE("If other content has its key, an import keeps both, replaces or refuses", "[transfer]") {
  GalleryFixture f;
  const auto first = f.upload(f.acme, "a.png", 1);
  const auto json = f.gallery.export_json(f.acme, first.ref);
  const auto bytes = make_test_png(20, 10, 2);
  const auto second = f.gallery.replace(f.acme, first.ref, Upload::from_bytes(bytes));

  CHECK(code_of([&] {
          f.gallery.import_json(f.acme, json, {.on_conflict = ImportConflict::refuse});
        }) == ErrorCode::conflict);
  CHECK(f.gallery.find(f.acme, first.ref) == second);

  const auto both = f.gallery.import_json(f.acme, json);
  CHECK(both.ref.key == "a_(1).png");
  CHECK(both.public_key != first.public_key);  // which is in use

  const auto replaced =
      f.gallery.import_json(f.acme, json, {.on_conflict = ImportConflict::replace});
  CHECK(replaced.id == first.id);
  CHECK(replaced.descriptor.etag == first.descriptor.etag);
  CHECK_FALSE(
      f.gallery.read(f.acme, first.ref, {.if_none_match = "\"" + second.descriptor.etag + "\""})
          .not_modified);
}

TEST_CASE("An import into another tenant gets a new public key", "[transfer]") {
  GalleryFixture f;
  const auto info = f.upload(f.acme, "a.png");
  const auto copy = f.gallery.import_json(f.globex, f.gallery.export_json(f.acme, info.ref));
  CHECK(copy.ref == info.ref);
  CHECK(copy.tenant == "globex");
  CHECK(copy.public_key != info.public_key);
}

TEST_CASE("A document with an invalid field is rejected with the name of the field", "[transfer]") {
  GalleryFixture f;
  const auto message = [&](const std::string& json) {
    return message_of([&] { f.gallery.import_json(f.acme, json); });
  };
  CHECK_THAT(message(R"({"data":"Zg==","resourceKey":"../a"})"), ContainsSubstring("resourceKey"));
  CHECK_THAT(message(R"({"data":"Zg==","resourceKey":"a","fileName":"b/c"})"),
             ContainsSubstring("fileName"));
  CHECK_THAT(message(R"({"data":"Zg==","resourceKey":"a","title":" "})"),
             ContainsSubstring("title"));
  CHECK_THAT(message(R"({"data":"Zg==","resourceKey":"a","publicResourceKey":"short"})"),
             ContainsSubstring("publicResourceKey"));
  CHECK(code_of([&] { f.gallery.import_json(f.acme, R"({"data":"Zg==","resourceKey":"a"})"); }) ==
        ErrorCode::unsupported_format);
  CHECK(f.gallery.usage(f.acme).images == 0);
}

TEST_CASE("An import counts against the limits like an upload", "[transfer]") {
  GalleryFixture f;
  const auto info = f.upload(f.acme, "a.png");
  const auto json = f.gallery.export_json(f.acme, info.ref);
  f.gallery.set_limits(f.admin, "globex", {.max_total_bytes = info.descriptor.size - 1});
  CHECK(code_of([&] { f.gallery.import_json(f.globex, json); }) == ErrorCode::limit_exceeded);
}

TEST_CASE("A retried import with the same operation id creates no duplicate", "[transfer]") {
  GalleryFixture f;
  const auto info = f.upload(f.acme, "a.png", 1);
  const auto json = f.gallery.export_json(f.acme, info.ref);
  const auto bytes = make_test_png(20, 10, 2);
  f.gallery.replace(f.acme, info.ref, Upload::from_bytes(bytes));
  const auto once = f.gallery.import_json(f.acme, json, {.operation_id = "op"});
  CHECK(f.gallery.import_json(f.acme, json, {.operation_id = "op"}) == once);
}
