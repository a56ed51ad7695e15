// SPDX-License-Identifier: Apache-2.0
// Damage that passes costs no image, and an upload of the same bytes heals damage that does not.
#include <imagegallery/storage/forwarding.hpp>

#include "gallery/damaged_gallery.hpp"

using namespace imagegallery;

namespace {

using Lines = std::vector<std::string>;

// Three images that share a damaged original, with or without a quarantine, and a sound one.
struct SharedDamage : DamagedGallery {
  explicit SharedDamage(bool quarantined) {
    const auto image = upload("a.png", 1);
    upload("b.png", 1);
    upload("c.png", 1);
    upload("other.png", 2);
    overwrite_first_byte(image.descriptor.etag);
    if (quarantined) (void)gallery.verify();
    (void)take_events();
  }

  bool all_sound() {
    return is_sound(ref("a.png"), 1) && is_sound(ref("b.png"), 1) && is_sound(ref("c.png"), 1) &&
           is_sound(ref("other.png"), 2);
  }

  static ImageRef ref(std::string key) { return {Scope::tenant, std::move(key)}; }
};

// A storage whose next reads of content or lists fail in some way.
class FaultyReads final : public ForwardingBackend {
 public:
  using ForwardingBackend::ForwardingBackend;
  enum class Fault { damaged, wrong_bytes, io_error };

  std::size_t read_at(const ContentId& content, std::uint64_t offset,
                      std::span<std::byte> into) const override {
    return read(next().read_at(content, offset, into), into);
  }
  std::size_t verify_at(const ContentId& content, std::uint64_t offset,
                        std::span<std::byte> into) const override {
    return read(next().verify_at(content, offset, into), into);
  }
  std::vector<ImageRecord> list(const ListRequest& request) const override {
    auto records = next().list(request);
    if (std::exchange(next_list_is_wrong, false)) {
      for (auto& record : records) record.descriptor.etag = "wrong";
    }
    return records;
  }

  Fault fault = Fault::damaged;
  mutable int good_reads = 0;  // before the first fault
  mutable int faults = 0;
  mutable bool next_list_is_wrong = false;

 private:
  std::size_t read(std::size_t count, std::span<std::byte> into) const {
    if (faults == 0 || good_reads-- > 0) return count;
    --faults;
    if (fault == Fault::damaged) throw Error(ErrorCode::corrupt_data, "a wrong checksum");
    if (fault == Fault::io_error) throw Error(ErrorCode::storage_failure, "I/O error");
    into.front() ^= std::byte{1};
    return count;
  }
};

struct FaultyReadsFixture {
  FaultyReadsFixture() {
    for (std::uint32_t seed = 1; seed <= 3; ++seed) {
      gallery.upload(acme, Upload::from_bytes(make_test_png(400, 300, seed)));
    }
  }

  Lines events_since(std::uint64_t sequence) {
    Lines lines;
    for (const auto& event : gallery.changes_since(sequence).events) {
      lines.emplace_back(to_string(event.kind));
    }
    return lines;
  }

  Principal acme = Principal::tenant_admin("acme");
  std::shared_ptr<FaultyReads> storage =
      std::make_shared<FaultyReads>(std::shared_ptr<StorageBackend>{open_memory()});
  ImageGallery gallery{std::make_unique<ForwardingBackend>(storage)};
};

}  // namespace

TEST_CASE("A read error that passes quarantines nothing", "[healing]") {
  using Fault = FaultyReads::Fault;
  const auto fault = GENERATE(Fault::damaged, Fault::wrong_bytes, Fault::io_error);
  FaultyReadsFixture f;
  f.storage->fault = fault;
  const auto sequence = f.gallery.changes_since(0).sequence;

  int reads = 0;
  for (bool reached = true; reached; ++reads) {
    f.storage->good_reads = reads;
    f.storage->faults = 1;
    const auto report = f.gallery.verify();
    reached = f.storage->faults == 0;
    f.storage->faults = 0;
    CHECK(report.images == 3);
    CHECK(report.damage.empty());
  }
  CHECK(reads > 6);  // three originals and three previews
  CHECK(f.events_since(sequence) == Lines{});
}

TEST_CASE("A record that was listed with a wrong hash quarantines nothing", "[healing]") {
  FaultyReadsFixture f;
  const auto sequence = f.gallery.changes_since(0).sequence;
  f.storage->next_list_is_wrong = true;
  CHECK(f.gallery.verify().damage.empty());
  CHECK_FALSE(f.storage->next_list_is_wrong);
  CHECK(f.events_since(sequence) == Lines{});
}

TEST_CASE("Content that cannot be read is reported, not quarantined, and the rest is verified",
          "[healing]") {
  FaultyReadsFixture f;
  f.storage->fault = FaultyReads::Fault::io_error;
  f.storage->faults = 2;
  const auto sequence = f.gallery.changes_since(0).sequence;

  const auto report = f.gallery.verify();
  CHECK(report.images == 3);
  REQUIRE(report.damage.size() == 1);
  CHECK(report.damage[0].what == "original");
  CHECK(report.damage[0].unreadable);
  CHECK_FALSE(report.damage[0].repaired);
  CHECK(f.events_since(sequence) == Lines{});
  CHECK(f.gallery.verify().damage.empty());
}

TEST_CASE("Content that fails twice is quarantined once", "[healing]") {
  FaultyReadsFixture f;
  const auto sequence = f.gallery.changes_since(0).sequence;
  f.storage->faults = 2;
  CHECK(f.gallery.verify().damage.size() == 1);
  CHECK(f.events_since(sequence) == Lines{"quarantined"});

  // It stays quarantined while it fails: without an event each time.
  f.storage->faults = 1'000;
  CHECK(f.gallery.verify().damage.size() == 6);
  f.storage->faults = 1'000;
  CHECK(f.gallery.verify().damage.size() == 6);
  CHECK(f.events_since(sequence).size() == 6);
}

TEST_CASE("Verifying lifts the quarantine of what is sound, with an event for each image",
          "[healing]") {
  DamagedGallery f;
  const auto image = f.upload("a.png", 1);
  f.upload("b.png", 1);
  f.upload("other.png", 2);
  const auto variant = GENERATE(Variant::original, Variant::preview);
  const auto& descriptor = image.descriptor;
  f.quarantine(variant == Variant::original ? descriptor.etag : descriptor.preview.etag);
  (void)f.take_events();
  CHECK(f.code_of_read(image, variant) == ErrorCode::corrupt_data);

  const auto report = f.gallery.verify();
  CHECK(report.damage.empty());
  CHECK(report.released == 1);
  CHECK(f.is_sound(image.ref, 1));
  CHECK(f.take_events() == Lines{"restored a.png", "restored b.png"});
  CHECK(f.gallery.verify().released == 0);
  CHECK(f.take_events().empty());
}

TEST_CASE("Every image is told when its content is quarantined or its previews are rebuilt",
          "[healing]") {
  SharedDamage f{false};
  (void)f.gallery.verify();
  CHECK(f.take_events() == Lines{"quarantined a.png", "quarantined b.png", "quarantined c.png"});

  DamagedGallery g;
  const auto image = g.upload("a.png", 1);
  g.upload("b.png", 1);
  g.upload("c.png", 1);
  g.overwrite_first_byte(image.descriptor.preview.etag);
  (void)g.take_events();
  (void)g.gallery.verify();
  CHECK(g.take_events() ==
        Lines{"previews_rebuilt a.png", "previews_rebuilt b.png", "previews_rebuilt c.png"});
}

TEST_CASE("An upload of the same bytes heals every image that had them", "[healing]") {
  const bool quarantined = GENERATE(false, true);
  SharedDamage f{quarantined};
  CHECK_FALSE(f.all_sound());

  const auto uploaded = f.upload("again.png", 1);

  CHECK(f.is_sound(uploaded.ref, 1));
  CHECK(f.all_sound());
  CHECK(f.take_events() ==
        Lines{"created again.png", "restored a.png", "restored b.png", "restored c.png"});
  CHECK(f.gallery.find(f.acme, uploaded.ref) == uploaded);
  const auto report = f.gallery.verify();
  CHECK(report.damage.empty());
  CHECK(report.released == 0);
}

TEST_CASE("A replacement by the same bytes heals every image that had them", "[healing]") {
  const bool quarantined = GENERATE(false, true);
  SharedDamage f{quarantined};
  const auto key = GENERATE("b.png", "other.png");

  const auto replaced = f.gallery.replace(f.acme, SharedDamage::ref(key),
                                          Upload::from_bytes(make_test_png(400, 300, 1)));

  CHECK(f.gallery.find(f.acme, SharedDamage::ref(key)) == replaced);
  for (const auto* const each : {"a.png", "b.png", "c.png", key}) {
    CHECK(f.is_sound(SharedDamage::ref(each), 1));
  }
  auto expected = Lines{std::string{"replaced "} + key};
  for (const std::string each : {"a.png", "b.png", "c.png"}) {
    if (each != key) expected.push_back("restored " + each);
  }
  CHECK(f.take_events() == expected);
}

TEST_CASE("An import of the same bytes heals every image that had them", "[healing]") {
  const bool quarantined = GENERATE(false, true);
  const auto on_conflict =
      GENERATE(ImportConflict::keep_both, ImportConflict::replace, ImportConflict::refuse);
  const auto document = [] {
    DamagedGallery elsewhere;
    return elsewhere.gallery.export_json(elsewhere.acme, elsewhere.upload("b.png", 1).ref);
  }();
  SharedDamage f{quarantined};

  const auto imported = f.gallery.import_json(f.acme, document, {.on_conflict = on_conflict});

  CHECK(imported.ref.key == "b.png");
  CHECK(f.gallery.find(f.acme, imported.ref) == imported);
  CHECK(f.all_sound());
  CHECK(f.take_events() == Lines{"replaced b.png", "restored a.png", "restored c.png"});
}

TEST_CASE("A system image that is put again is healed", "[healing]") {
  DamagedGallery f;
  const auto put = [&] {
    return f.gallery.put_system_image(f.admin, "logo.png",
                                      Upload::from_bytes(make_test_png(400, 300, 1)));
  };
  const auto logo = put();
  const bool is_preview = GENERATE(false, true);
  f.overwrite_first_byte(is_preview ? logo.descriptor.preview.etag : logo.descriptor.etag);
  CHECK_FALSE(f.is_sound(logo.ref, 1));

  CHECK(put().ref == logo.ref);
  CHECK(f.is_sound(logo.ref, 1));
}

TEST_CASE("An upload of the same bytes heals damaged previews", "[healing]") {
  DamagedGallery f;
  const auto image = f.upload("a.png", 1);
  const bool quarantined = GENERATE(false, true);
  if (quarantined) {
    f.quarantine(image.descriptor.preview.etag);
  } else {
    f.overwrite_first_byte(image.descriptor.preview.etag);
  }
  (void)f.take_events();

  const auto again = f.upload("again.png", 1);

  CHECK(f.is_sound(image.ref, 1));
  CHECK(f.is_sound(again.ref, 1));
  CHECK(f.gallery.find(f.acme, again.ref) == again);
  CHECK(f.take_events() == Lines{"created again.png", "previews_rebuilt a.png"});
}

TEST_CASE("An import of the same bytes heals damaged previews", "[healing]") {
  DamagedGallery f;
  const auto image = f.upload("a.png", 1);
  const auto document = f.gallery.export_json(f.acme, image.ref);
  f.overwrite_first_byte(image.descriptor.preview.etag);
  (void)f.take_events();

  const auto imported = f.gallery.import_json(f.acme, document);

  CHECK(imported.ref == image.ref);
  CHECK(f.gallery.find(f.acme, image.ref) == imported);
  CHECK(f.is_sound(image.ref, 1));
  CHECK(f.take_events() == Lines{"previews_rebuilt a.png"});
}

TEST_CASE("A retried upload heals the image that it created", "[healing]") {
  DamagedGallery f;
  const auto bytes = make_test_png(400, 300, 1);
  const auto upload = [&] {
    return f.gallery.upload(
        f.acme, Upload::from_bytes(bytes, {.file_name = "a.png", .operation_id = "one"}));
  };
  const auto first = upload();
  f.overwrite_first_byte(first.descriptor.etag);
  (void)f.take_events();

  const auto again = upload();

  CHECK(again.id == first.id);
  CHECK(f.gallery.find(f.acme, first.ref) == again);
  CHECK(f.is_sound(first.ref, 1));
  CHECK(f.take_events() == Lines{"restored a.png"});
}

TEST_CASE("Other tenants and other bytes heal nothing", "[healing]") {
  SharedDamage f{true};
  const auto globex = Principal::tenant_admin("globex");
  f.gallery.upload(globex, Upload::from_bytes(make_test_png(400, 300, 1)));
  f.upload("new.png", 3);
  CHECK(f.code_of_read(*f.gallery.find(f.acme, SharedDamage::ref("a.png")), Variant::original) ==
        ErrorCode::corrupt_data);
}

TEST_CASE("A refused upload heals nothing", "[healing]") {
  SharedDamage f{true};
  f.gallery.set_limits(f.admin, "acme", {.max_total_bytes = 1});
  (void)f.take_events();
  CHECK(code_of([&] { f.upload("again.png", 1); }) == ErrorCode::limit_exceeded);
  CHECK_FALSE(f.all_sound());
  CHECK(f.take_events().empty());
  // A replacement needs no room.
  f.gallery.replace(f.acme, SharedDamage::ref("a.png"),
                    Upload::from_bytes(make_test_png(400, 300, 1)));
  CHECK(f.all_sound());
}
