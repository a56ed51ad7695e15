// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "gallery/gallery_fixture.hpp"
#include "support/failing_storage.hpp"

using namespace imagegallery;

namespace {

struct Context {
  std::string operation;
  std::string tenant;
  std::string key;

  friend bool operator==(const Context&, const Context&) = default;
};

std::ostream& operator<<(std::ostream& out, const Context& context) {
  return out << context.operation << " of \"" << context.tenant << "\"/\"" << context.key << '"';
}

Context context_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return {std::string{error.operation()}, std::string{error.tenant()}, std::string{error.key()}};
  }
  return {"nothing was thrown", {}, {}};
}

// A gallery with a tenant's image and a system image, over a storage that can be made to fail.
struct FailingGallery {
  FailingGallery()
      : gallery(std::make_unique<FailingStorage>(open_memory(), faults),
                {.steady_now = [] { return std::chrono::steady_clock::time_point{}; }}) {
    pump = gallery.upload(acme, file("pump.png", 1)).ref;
    logo = gallery.upload(admin, file("logo.png", 2)).ref;
  }

  static Upload file(const std::string& name, std::uint32_t seed) {
    return Upload::from_bytes(make_test_png(20, 10, seed), {.file_name = name});
  }

  void fail() { faults->before = failing_with(Error{ErrorCode::storage_failure, "broken"}); }

  std::shared_ptr<StorageFaults> faults = std::make_shared<StorageFaults>();
  ImageGallery gallery;
  Principal acme = Principal::tenant_admin("acme", "ann");
  Principal admin = Principal::system_admin("root");
  ImageRef pump;
  ImageRef logo;
};

// Derived by a host's backend.
class DeviceError : public Error {
 public:
  explicit DeviceError(int device) : Error(ErrorCode::storage_failure, "device"), device_(device) {}
  int device() const { return device_; }

 private:
  int device_;
};

}  // namespace

TEST_CASE("An error of any method says which operation, tenant and image it is about", "[error]") {
  FailingGallery f;
  const auto document = f.gallery.export_document(f.acme, f.pump);
  const auto json = f.gallery.export_json(f.acme, f.pump);
  const ImageUse use{.entity_type = "DASHBOARD", .entity_id = "1", .name = "d"};
  auto& g = f.gallery;
  f.fail();

  CHECK(context_of([&] { g.upload(f.acme, f.file("new.png", 3)); }) ==
        Context{"upload", "acme", "new.png"});
  CHECK(context_of([&] { g.put_system_image(f.admin, "a.png", f.file("b.png", 3)); }) ==
        Context{"put_system_image", "", "a.png"});
  CHECK(context_of([&] { g.import_document(f.acme, document); }) ==
        Context{"import_document", "acme", "pump.png"});
  CHECK(context_of([&] { g.import_json(f.acme, json); }) ==
        Context{"import_document", "acme", "pump.png"});
  CHECK(context_of([&] { g.import_json(f.acme, "{"); }) == Context{"import_json", "acme", ""});
  CHECK(context_of([&] { (void)g.find(f.acme, f.pump); }) == Context{"find", "acme", "pump.png"});
  CHECK(context_of([&] { (void)g.list(f.acme); }) == Context{"list", "acme", ""});
  CHECK(context_of([&] { (void)g.read(f.acme, f.pump); }) == Context{"read", "acme", "pump.png"});
  CHECK(context_of([&] { (void)g.read_public(std::string(32, 'a')); }) ==
        Context{"read_public", "", ""});
  CHECK(context_of([&] { (void)g.export_document(f.acme, f.pump); }) ==
        Context{"export_document", "acme", "pump.png"});
  CHECK(context_of([&] { (void)g.export_json(f.acme, f.pump); }) ==
        Context{"export_document", "acme", "pump.png"});
  CHECK(context_of([&] { g.rename(f.acme, f.pump, "t"); }) ==
        Context{"rename", "acme", "pump.png"});
  CHECK(context_of([&] { g.replace(f.acme, f.pump, f.file("n.png", 3)); }) ==
        Context{"replace", "acme", "pump.png"});
  CHECK(context_of([&] { g.set_public(f.acme, f.pump, true); }) ==
        Context{"set_public", "acme", "pump.png"});
  CHECK(context_of([&] { g.remove(f.acme, f.pump); }) == Context{"remove", "acme", "pump.png"});
  CHECK(context_of([&] {
          g.remove(f.acme, std::vector{f.pump, f.logo});
        }) == Context{"remove", "acme", ""});
  CHECK(context_of([&] { g.attach(f.acme, f.pump, use); }) ==
        Context{"attach", "acme", "pump.png"});
  CHECK(context_of([&] { g.detach(f.acme, f.pump, use); }) ==
        Context{"detach", "acme", "pump.png"});
  CHECK(context_of([&] { (void)g.uses(f.acme, f.pump); }) == Context{"uses", "acme", "pump.png"});
  CHECK(context_of([&] { (void)g.usage(f.acme); }) == Context{"usage", "acme", ""});
  CHECK(context_of([&] { (void)g.usage(f.admin, "globex"); }) == Context{"usage", "globex", ""});
  CHECK(context_of([&] { g.set_limits(f.admin, "acme", {}); }) ==
        Context{"set_limits", "acme", ""});
  CHECK(context_of([&] { (void)g.verify(); }).operation == "verify");
  CHECK(context_of([&] { (void)g.rebuild_previews(); }).operation == "rebuild_previews");
  CHECK(context_of([&] { (void)g.sweep(); }) == Context{"sweep", "", ""});
  CHECK(context_of([&] { (void)g.changes_since(0); }) == Context{"changes_since", "", ""});
}

TEST_CASE("An error about a system image has an empty tenant", "[error]") {
  FailingGallery f;
  f.fail();
  CHECK(context_of([&] {
          (void)f.gallery.read(f.acme, {Scope::system, "logo.png"});
        }) == Context{"read", "", "logo.png"});
  CHECK(context_of([&] { f.gallery.rename(f.admin, f.logo, "t"); }) ==
        Context{"rename", "", "logo.png"});
}

TEST_CASE("An error while the bytes of a result are read says which image it is about", "[error]") {
  FailingGallery f;
  const auto result = f.gallery.read(f.acme, f.pump);
  const auto document = f.gallery.export_document(f.acme, f.pump);
  const auto info = f.gallery.set_public(f.acme, f.pump, true);
  const auto linked = f.gallery.read_public(info.public_key);
  f.fail();
  CHECK(context_of([&] { (void)result.bytes(); }) == Context{"read", "acme", "pump.png"});
  CHECK(context_of([&] { (void)linked.bytes(); }) == Context{"read_public", "acme", "pump.png"});
  CHECK(context_of([&] { (void)read_all(*document.data); }) ==
        Context{"export_document", "acme", "pump.png"});
}

TEST_CASE("An error keeps its code, message and native codes through the gallery", "[error]") {
  FailingGallery f;
  f.faults->before =
      failing_with(Error{ErrorCode::storage_full, "no room", true}.with_native(13, 28));
  try {
    f.gallery.rename(f.acme, f.pump, "t");
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::storage_full);
    CHECK(std::string{error.what()} == "no room");
    CHECK(error.retryable());
    CHECK(error.native_code() == 13);
    CHECK(error.system_error() == 28);
    CHECK(error.operation() == "rename");
  }
}

TEST_CASE("An error of the caller's own input has its context, too", "[error]") {
  FailingGallery f;
  const ImageRef absent{Scope::tenant, "absent.png"};
  CHECK(context_of([&] { (void)f.gallery.read(f.acme, absent); }) ==
        Context{"read", "acme", "absent.png"});
  CHECK(context_of([&] { f.gallery.rename(f.acme, f.pump, "\x01"); }) ==
        Context{"rename", "acme", "pump.png"});
  CHECK(context_of([&] { (void)f.gallery.list(f.acme, {.page_size = 0}); }) ==
        Context{"list", "acme", ""});
  CHECK(context_of([&] { f.gallery.upload(Principal::tenant_user("acme"), f.file("n.png", 3)); }) ==
        Context{"upload", "acme", "n.png"});
}

TEST_CASE("An exception of a host's own class keeps its type through the gallery", "[error]") {
  FailingGallery f;
  f.faults->before = failing_with(DeviceError{7});
  try {
    (void)f.gallery.find(f.acme, f.pump);
    FAIL("nothing was thrown");
  } catch (const DeviceError& error) {
    CHECK(error.device() == 7);
  }
  f.faults->before = failing_with(std::out_of_range{"not ours"});
  CHECK_THROWS_AS(f.gallery.rename(f.acme, f.pump, "t"), std::out_of_range);
  f.faults->before = failing_with(std::bad_alloc{});
  CHECK_THROWS_AS(f.gallery.list(f.acme), std::bad_alloc);
}

TEST_CASE("An error that has a context keeps it", "[error]") {
  FailingGallery f;
  f.faults->before = failing_with(
      Error{ErrorCode::storage_failure, "broken"}.with_context("replicate", "other", "b.png"));
  CHECK(context_of([&] { (void)f.gallery.find(f.acme, f.pump); }) ==
        Context{"replicate", "other", "b.png"});
}
