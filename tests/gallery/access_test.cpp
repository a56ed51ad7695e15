// SPDX-License-Identifier: Apache-2.0
#include "gallery/access.hpp"

#include "gallery/gallery_fixture.hpp"

using namespace imagegallery;

TEST_CASE("Each role has exactly its documented rights", "[access]") {
  const auto rights = [](const Principal& who) {
    std::string text;
    for (const auto scope : {Scope::tenant, Scope::system}) {
      for (const auto right : {Right::read_bytes, Right::read_records, Right::write}) {
        text += may(who, scope, right) ? '+' : '-';
      }
    }
    return text;
  };
  CHECK(rights(Principal::anonymous()) == "------");
  CHECK(rights(Principal::tenant_user("acme")) == "+--+--");
  CHECK(rights(Principal::tenant_admin("acme")) == "+++++-");
  CHECK(rights(Principal::system_admin()) == "++++++");
}

TEST_CASE("A tenant's name must be printable and of reasonable length", "[access]") {
  CHECK_NOTHROW(Principal::tenant_admin(std::string(255, 't')));
  const std::string name =
      GENERATE(std::string{}, std::string(256, 't'), std::string{"a\nb"}, std::string{"\xff"});
  CHECK(code_of([&] { (void)Principal::tenant_admin(name); }) == ErrorCode::invalid_argument);
  CHECK(code_of([&] { (void)Principal::tenant_user(name); }) == ErrorCode::invalid_argument);
}

TEST_CASE("A tenant user can read image bytes and nothing else", "[access]") {
  GalleryFixture f;
  const auto info = f.upload(f.acme, "a.png");
  f.upload(f.admin, "logo.png");
  const auto bytes = make_test_png(8, 8);
  CHECK_NOTHROW((void)f.gallery.read(f.acme_user, info.ref));
  CHECK_NOTHROW((void)f.gallery.read(f.acme_user, {Scope::system, "logo.png"}));
  const auto denied = [&](const std::function<void()>& call) {
    return code_of(call) == ErrorCode::permission_denied;
  };
  CHECK(denied([&] { (void)f.gallery.find(f.acme_user, info.ref); }));
  CHECK(denied([&] { (void)f.gallery.list(f.acme_user); }));
  CHECK(denied([&] { (void)f.gallery.export_json(f.acme_user, info.ref); }));
  CHECK(denied([&] { (void)f.gallery.uses(f.acme_user, info.ref); }));
  CHECK(denied([&] { (void)f.gallery.usage(f.acme_user); }));
  CHECK(denied([&] { f.gallery.upload(f.acme_user, Upload::from_bytes(bytes)); }));
  CHECK(denied([&] { f.gallery.rename(f.acme_user, info.ref, "x"); }));
  CHECK(denied([&] { f.gallery.replace(f.acme_user, info.ref, Upload::from_bytes(bytes)); }));
  CHECK(denied([&] { f.gallery.set_public(f.acme_user, info.ref, true); }));
  CHECK(denied([&] { f.gallery.attach(f.acme_user, info.ref, {"D", "1", ""}); }));
  CHECK(f.gallery.remove(f.acme_user, info.ref).outcomes.at(0).status ==
        RemoveStatus::permission_denied);
}

TEST_CASE("A tenant administrator can read but not change system images", "[access]") {
  GalleryFixture f;
  f.upload(f.admin, "logo.png");
  const ImageRef logo{Scope::system, "logo.png"};
  CHECK(f.gallery.find(f.acme, logo));
  CHECK_NOTHROW((void)f.gallery.export_json(f.acme, logo));
  CHECK(code_of([&] { f.gallery.rename(f.acme, logo, "x"); }) == ErrorCode::permission_denied);
  CHECK(code_of([&] { f.gallery.set_public(f.acme, logo, true); }) == ErrorCode::permission_denied);
}

TEST_CASE("For a system administrator the tenant scope means the system", "[access]") {
  GalleryFixture f;
  f.upload(f.admin, "logo.png");
  CHECK(f.gallery.find(f.admin, {Scope::tenant, "logo.png"}));
  f.upload(f.acme, "a.png");
  CHECK_FALSE(f.gallery.find(f.admin, {Scope::tenant, "a.png"}));
  CHECK(f.gallery.list(f.admin).total == 1u);
}

TEST_CASE("Another tenant's image is not found by any call", "[access]") {
  GalleryFixture f;
  const auto info = f.upload(f.acme, "a.png");
  const auto bytes = make_test_png(8, 8);
  CHECK_FALSE(f.gallery.find(f.globex, info.ref));
  CHECK(f.gallery.list(f.globex).total == 0u);
  CHECK(f.gallery.usage(f.globex).bytes == 0);
  const auto absent = [&](const std::function<void()>& call) {
    // The same message as for an unused key.
    return code_of(call) == ErrorCode::not_found &&
           message_of(call) == message_of([&] {
             (void)f.gallery.read(f.globex, {Scope::tenant, "nobody's.png"});
           });
  };
  CHECK(absent([&] { (void)f.gallery.read(f.globex, info.ref); }));
  CHECK(absent([&] { (void)f.gallery.read(f.globex, info.ref, {.if_none_match = "*"}); }));
  CHECK(absent([&] { (void)f.gallery.export_json(f.globex, info.ref); }));
  CHECK(absent([&] { f.gallery.rename(f.globex, info.ref, "x"); }));
  CHECK(absent([&] { f.gallery.replace(f.globex, info.ref, Upload::from_bytes(bytes)); }));
  CHECK(absent([&] { (void)f.gallery.uses(f.globex, info.ref); }));
  CHECK(f.gallery.remove(f.globex, info.ref).outcomes.at(0).status == RemoveStatus::not_found);
  CHECK(f.upload(f.globex, "a.png").ref.key == "a.png");
  CHECK(code_of([&] { (void)f.gallery.usage(f.globex, "acme"); }) == ErrorCode::permission_denied);
}

TEST_CASE("An anonymous principal can read public images only", "[access]") {
  GalleryFixture f;
  const auto info = f.upload(f.acme, "a.png");
  f.gallery.set_public(f.acme, info.ref, true);
  const auto anonymous = Principal::anonymous();
  CHECK(code_of([&] { (void)f.gallery.read(anonymous, info.ref); }) ==
        ErrorCode::permission_denied);
  CHECK(code_of([&] { (void)f.gallery.list(anonymous); }) == ErrorCode::permission_denied);
  CHECK_NOTHROW((void)f.gallery.read_public(info.public_key));
}

TEST_CASE("Only a system administrator can set limits and see every tenant's usage", "[access]") {
  GalleryFixture f;
  CHECK(code_of([&] { f.gallery.set_limits(f.acme, "acme", {}); }) == ErrorCode::permission_denied);
  CHECK(code_of([&] { f.gallery.set_limits(f.admin, "a\nb", {}); }) == ErrorCode::invalid_argument);
  f.upload(f.acme, "a.png");
  CHECK(f.gallery.usage(f.admin, "acme").images == 1);
  CHECK(f.gallery.usage(f.admin).images == 0);
}
