// SPDX-License-Identifier: Apache-2.0
#include "gallery/gallery_fixture.hpp"

using namespace imagegallery;

TEST_CASE("An intact gallery verifies without damage", "[upkeep]") {
  GalleryFixture f;
  const auto bytes = make_test_png(400, 300, 1, true);
  const auto info = f.gallery.upload(f.acme, Upload::from_bytes(bytes));
  f.upload(f.admin, "logo.png");
  const auto report = f.gallery.verify();
  CHECK(report.images == 2);
  CHECK(report.bytes >= bytes.size() + info.descriptor.preview.size);
  CHECK(report.damage.empty());
}

TEST_CASE("Previews are rebuilt if the presets change, and only then", "[upkeep]") {
  // Two galleries over one storage, like a host before and after an update.
  const std::shared_ptr<StorageBackend> storage = open_memory();
  const auto acme = Principal::tenant_admin("acme");
  const auto bytes = make_test_png(400, 300);
  ImageGallery before(std::make_unique<ForwardingBackend>(storage));
  const auto old = before.upload(acme, Upload::from_bytes(bytes, {.file_name = "a.png"}));
  before.upload(acme, Upload::from_bytes(bytes, {.file_name = "twin.png"}));
  CHECK(before.rebuild_previews() == 0);

  ImageGallery after(std::make_unique<ForwardingBackend>(storage),
                     {.presets = {{"preview", 100}, {"card", 300}}});
  const auto outdated = after.find(acme, old.ref);
  REQUIRE(outdated);
  CHECK(outdated->descriptor.preview.width == 250);
  CHECK(outdated->descriptor.more_previews.at(0).width == 400);  // that of the original
  CHECK(after.rebuild_previews() == 1);                          // the duplicate shares them
  const auto rebuilt = after.find(acme, {Scope::tenant, "twin.png"});
  REQUIRE(rebuilt);
  CHECK(rebuilt->descriptor.preview.width == 100);
  CHECK(rebuilt->descriptor.more_previews.at(0).width == 300);
  CHECK(after.rebuild_previews() == 0);
  CHECK_FALSE(before
                  .read(acme, old.ref,
                        {.variant = Variant::preview,
                         .if_none_match = "\"" + old.descriptor.preview.etag + "\""})
                  .not_modified);
}

TEST_CASE("A sweep deletes old changes, and the change feed reports that", "[upkeep]") {
  GalleryFixture f({.change_log_age = std::chrono::hours{1}});
  f.upload(f.acme, "a.png", 1);
  f.time += std::chrono::hours{2};
  f.upload(f.acme, "b.png", 2);
  const auto before = f.gallery.changes_since(0);
  CHECK(before.complete);
  while (f.gallery.sweep()) {
  }
  const auto after = f.gallery.changes_since(0);
  CHECK_FALSE(after.complete);
  CHECK(after.sequence == before.sequence);
  CHECK(f.gallery.changes_since(before.events.front().sequence).complete);
}

TEST_CASE("A failed upload leaves no content behind", "[upkeep]") {
  GalleryFixture f;
  const auto bytes = make_test_png(400, 300, 1, true);
  f.gallery.set_limits(f.admin, "acme", {.max_total_bytes = bytes.size() - 1});
  CHECK(code_of([&] { f.gallery.upload(f.acme, Upload::from_bytes(bytes)); }) ==
        ErrorCode::limit_exceeded);
  f.time += std::chrono::hours{2};
  CHECK_FALSE(f.gallery.sweep());
  CHECK(f.gallery.usage(f.acme).bytes == 0);
}
