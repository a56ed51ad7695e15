// SPDX-License-Identifier: Apache-2.0
#include "gallery/gallery_fixture.hpp"

using namespace imagegallery;

TEST_CASE("An upload returns all information about the image", "[upload]") {
  GalleryFixture f;
  const auto bytes = make_test_png(400, 300);
  const auto info = f.gallery.upload(
      f.acme, Upload::from_bytes(bytes, {.title = "Pump 7", .file_name = "pump.png"}));
  CHECK(info.ref == ImageRef{Scope::tenant, "pump.png"});
  CHECK(info.tenant == "acme");
  CHECK(info.title == "Pump 7");
  CHECK(info.file_name == "pump.png");
  CHECK(info.sub_type == ImageSubType::image);
  CHECK_FALSE(info.is_public);
  CHECK(info.public_key.size() == 32);
  CHECK_FALSE(info.public_link());
  CHECK(info.link() == "/api/images/tenant/pump.png");
  CHECK(info.revision > 0);
  CHECK(info.created_at == f.time);
  CHECK_FALSE(info.id.is_nil());
  CHECK(info.descriptor.media_type == "image/png");
  CHECK(info.descriptor.width == 400);
  CHECK(info.descriptor.height == 300);
  CHECK(info.descriptor.size == bytes.size());
  CHECK(info.descriptor.etag.size() == 32);
  CHECK(info.descriptor.preview.preset == "preview");
  CHECK(info.descriptor.preview.width == 250);
  CHECK(info.descriptor.preview.height == 188);
  CHECK(info.descriptor.preview.etag != info.descriptor.etag);
  CHECK(f.gallery.find(f.acme, info.ref) == info);
}

TEST_CASE("An image is private by default and has an unguessable public key", "[upload]") {
  GalleryFixture f;
  const auto bytes = make_test_png(20, 10);
  const auto quiet = f.gallery.upload(f.acme, Upload::from_bytes(bytes, {.file_name = "a.png"}));
  CHECK_FALSE(quiet.is_public);
  CHECK_FALSE(quiet.public_link().has_value());
  CHECK(code_of([&] { (void)f.gallery.read_public(quiet.public_key); }) == ErrorCode::not_found);
  const auto loud = f.gallery.upload(
      f.acme, Upload::from_bytes(bytes, {.file_name = "b.png", .is_public = true}));
  CHECK(loud.is_public);
  CHECK(loud.public_key.size() == 32);
  CHECK(loud.public_key != quiet.public_key);
}

TEST_CASE("The content determines the type, whatever the file name", "[upload]") {
  GalleryFixture f;
  const auto info = f.upload(f.acme, "photo.jpg");
  CHECK(info.descriptor.media_type == "image/png");
  CHECK(info.ref.key == "photo.jpg");
}

TEST_CASE("Further images with the same file name get numbered keys", "[upload]") {
  GalleryFixture f;
  CHECK(f.upload(f.acme, "x.png", 1).ref.key == "x.png");
  CHECK(f.upload(f.acme, "x.png", 2).ref.key == "x_(1).png");
  const auto third = f.upload(f.acme, "x.png", 3);
  CHECK(third.ref.key == "x_(2).png");
  CHECK(third.title == "x.png");
  CHECK(third.file_name == "x.png");
}

TEST_CASE("An upload without a file name is named after its format", "[upload]") {
  GalleryFixture f;
  const auto bytes = make_test_png(4, 4);
  CHECK(f.gallery.upload(f.acme, Upload::from_bytes(bytes)).ref.key == "image.png");
}

TEST_CASE("A retried upload with the same operation id creates no duplicate", "[upload]") {
  GalleryFixture f;
  const auto bytes = make_test_png(20, 10);
  const auto upload = Upload::from_bytes(bytes, {.file_name = "a.png", .operation_id = "op-1"});
  const auto first = f.gallery.upload(f.acme, upload);
  const auto second = f.gallery.upload(f.acme, upload);
  CHECK(second == first);
  CHECK(f.gallery.list(f.acme).total == 1u);
  CHECK(f.gallery.upload(f.globex, upload).id != first.id);  // operation ids are per tenant
}

TEST_CASE("A file that is not an image is rejected and leaves nothing behind", "[upload]") {
  GalleryFixture f;
  const std::string text = "%PDF-1.7 not a picture at all";
  const auto call = [&] {
    f.gallery.upload(f.acme, Upload::from_bytes(as_bytes(text), {.file_name = "a.png"}));
  };
  CHECK(code_of(call) == ErrorCode::unsupported_format);
  CHECK(f.gallery.list(f.acme).total == 0u);
  CHECK(f.gallery.usage(f.acme).bytes == 0);
}

TEST_CASE("A truncated image is rejected, or stored without a preview if the host allows it",
          "[upload]") {
  auto bytes = make_test_png(300, 300, 1, true);
  bytes.resize(bytes.size() / 2);
  const auto upload = Upload::from_bytes(bytes, {.file_name = "half.png"});
  GalleryFixture strict;
  CHECK(code_of([&] { strict.gallery.upload(strict.acme, upload); }) == ErrorCode::broken_image);
  CHECK(strict.gallery.usage(strict.acme).images == 0);
  CHECK(strict.gallery.stats().decode_failures == 1);

  GalleryFixture lenient({.damaged_images = DamagedImages::keep_without_preview});
  const auto info = lenient.gallery.upload(lenient.acme, upload);
  CHECK(info.descriptor.preview.etag == info.descriptor.etag);
}

TEST_CASE("An image over its tenant's limit is rejected with the limit in bytes", "[upload]") {
  const auto bytes = make_test_png(20, 10);
  GalleryFixture exact({.limits = {.max_image_bytes = bytes.size()}});
  CHECK_NOTHROW(exact.gallery.upload(exact.acme, Upload::from_bytes(bytes)));
  GalleryFixture less({.limits = {.max_image_bytes = bytes.size() - 1}});
  const auto call = [&] { less.gallery.upload(less.acme, Upload::from_bytes(bytes)); };
  CHECK(code_of(call) == ErrorCode::limit_exceeded);
  CHECK_THAT(message_of(call), ContainsSubstring(std::to_string(bytes.size() - 1) + " bytes"));
}

TEST_CASE("A tenant's total is limited to the byte", "[upload]") {
  const auto bytes = make_test_png(20, 10);
  GalleryFixture f({.limits = {.max_total_bytes = 2 * bytes.size()}});
  f.gallery.upload(f.acme, Upload::from_bytes(bytes));
  f.gallery.upload(f.acme, Upload::from_bytes(bytes));
  const auto call = [&] { f.gallery.upload(f.acme, Upload::from_bytes(bytes)); };
  CHECK(code_of(call) == ErrorCode::limit_exceeded);
  CHECK_THAT(message_of(call), ContainsSubstring(std::to_string(2 * bytes.size()) + " bytes"));
  CHECK(f.gallery.usage(f.acme).bytes == 2 * bytes.size());
  CHECK_NOTHROW(f.gallery.upload(f.globex, Upload::from_bytes(bytes)));
}

TEST_CASE("A tenant's own limits override the gallery's", "[upload]") {
  GalleryFixture f;
  const auto bytes = make_test_png(20, 10);
  f.gallery.set_limits(f.admin, "acme", {.max_image_bytes = 10});
  CHECK(code_of([&] { f.gallery.upload(f.acme, Upload::from_bytes(bytes)); }) ==
        ErrorCode::limit_exceeded);
  const auto usage = f.gallery.usage(f.acme);
  CHECK(usage.limits.max_image_bytes == 10);
  CHECK(usage.limits.max_total_bytes == 0);
  f.gallery.set_limits(f.admin, "acme", {.max_image_bytes = 0});
  CHECK_NOTHROW(f.gallery.upload(f.acme, Upload::from_bytes(bytes)));
}

TEST_CASE("File names that could be paths are rejected", "[upload]") {
  GalleryFixture f;
  const std::string name =
      GENERATE("../a.png", "a/b.png", "a\\b.png", "..", ".", "a\nb.png", "a\x7f.png", "\xff.png");
  CHECK(code_of([&] { f.upload(f.acme, name); }) == ErrorCode::invalid_argument);
  CHECK_THAT(message_of([&] { f.upload(f.acme, name); }), ContainsSubstring("file_name"));
}

TEST_CASE("File names of up to 255 bytes are accepted", "[upload]") {
  GalleryFixture f;
  const std::string name = std::string(251, 'a') + ".png";
  CHECK(f.upload(f.acme, name, 1).ref.key == name);
  CHECK(f.upload(f.acme, name, 2).ref.key == std::string(247, 'a') + "_(1).png");
  CHECK(code_of([&] { f.upload(f.acme, "b" + name); }) == ErrorCode::invalid_argument);
}

TEST_CASE("Titles are trimmed, and rejected if blank or too long", "[upload]") {
  GalleryFixture f;
  const auto bytes = make_test_png(20, 10);
  const auto titled = [&](std::string title) {
    return f.gallery.upload(
        f.acme, Upload::from_bytes(bytes, {.title = std::move(title), .file_name = "a.png"}));
  };
  CHECK(titled("  Pump 7\n").title == "Pump 7");
  std::string long_title;
  for (int i = 0; i < 255; ++i) long_title += "\xc3\xa9";
  CHECK(titled(long_title).title == long_title);
  CHECK(code_of([&] { titled(long_title + "x"); }) == ErrorCode::invalid_argument);
  CHECK(code_of([&] { titled(" \t"); }) == ErrorCode::invalid_argument);
}

TEST_CASE("One upload creates a preview for each preset", "[upload]") {
  GalleryFixture f({.presets = {{"preview", 100}, {"card", 200}}});
  const auto bytes = make_test_png(400, 300);
  const auto info = f.gallery.upload(f.acme, Upload::from_bytes(bytes));
  CHECK(info.descriptor.preview.width == 100);
  REQUIRE(info.descriptor.more_previews.size() == 1);
  CHECK(info.descriptor.more_previews[0].preset == "card");
  CHECK(info.descriptor.more_previews[0].width == 200);
  CHECK(f.gallery.stats().decodes == 1);
}

TEST_CASE("The same bytes twice in one tenant are decoded and stored once", "[upload]") {
  GalleryFixture f;
  const auto first = f.upload(f.acme, "a.png");
  const auto second = f.upload(f.acme, "b.png");
  CHECK(f.gallery.stats().decodes == 1);
  CHECK(second.descriptor == first.descriptor);
  CHECK(f.gallery.usage(f.acme).bytes == 2 * first.descriptor.size);  // logical bytes
  f.upload(f.globex, "a.png");
  CHECK(f.gallery.stats().decodes == 2);  // never shared across tenants
  f.gallery.remove(f.acme, first.ref);
  f.time += std::chrono::hours{2};
  while (f.gallery.sweep()) {
  }
  CHECK(f.gallery.read(f.acme, second.ref).bytes() == make_test_png(20, 10));
}

TEST_CASE("A system administrator's upload becomes a system image", "[upload]") {
  GalleryFixture f;
  const auto info = f.upload(f.admin, "logo.png");
  CHECK(info.ref.scope == Scope::system);
  CHECK(info.tenant.empty());
  CHECK(info.link() == "/api/images/system/logo.png");
}

TEST_CASE("put_system_image creates an image, replaces it or leaves it unchanged", "[upload]") {
  GalleryFixture f;
  const auto one = make_test_png(20, 10, 1);
  const auto two = make_test_png(20, 10, 2);
  const auto first = f.gallery.put_system_image(f.admin, "logo.png", Upload::from_bytes(one));
  const auto same = f.gallery.put_system_image(f.admin, "logo.png", Upload::from_bytes(one));
  CHECK(same == first);
  const auto other = f.gallery.put_system_image(f.admin, "logo.png", Upload::from_bytes(two));
  CHECK(other.id == first.id);
  CHECK(other.descriptor.etag != first.descriptor.etag);
  CHECK(code_of([&] { f.gallery.put_system_image(f.acme, "x.png", Upload::from_bytes(one)); }) ==
        ErrorCode::permission_denied);
}

TEST_CASE("A source that changes between hashing and storing is not stored", "[upload]") {
  // An SVG is read for its header, its hash and its storing. The last byte changes with each read.
  class ChangingSource final : public ByteSource {
   public:
    std::uint64_t size() const override { return text_.size(); }
    std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
      const auto count = make_view_source(as_bytes(text_))->read_at(offset, into);
      if (offset == 0 && count == text_.size() && ++reads_ % 2 == 0) {
        into[count - 1] = std::byte{' '};
      }
      return count;
    }

   private:
    const std::string text_ = "<svg xmlns='http://www.w3.org/2000/svg' width='8' height='8'/>\n";
    mutable int reads_ = 0;
  };
  GalleryFixture f;
  const auto source = std::make_shared<ChangingSource>();
  CHECK(code_of([&] { f.gallery.upload(f.acme, Upload::from_source(source)); }) ==
        ErrorCode::conflict);
  CHECK(f.gallery.usage(f.acme).images == 0);
}
