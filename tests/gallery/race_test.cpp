// SPDX-License-Identifier: Apache-2.0
// Concurrent changes between an operation's lookup and its commit.
#include "gallery/gallery_fixture.hpp"
#include "gallery/observed_storage.hpp"

using namespace imagegallery;

namespace {

/// Two galleries over one storage; the slow one's commits can be intercepted.
struct Race {
  Race() {
    const std::shared_ptr<StorageBackend> storage = open_memory();
    auto intercepting = std::make_unique<ObservedStorage>(storage);
    slow_storage = intercepting.get();
    slow = std::make_unique<ImageGallery>(std::move(intercepting));
    fast = std::make_unique<ImageGallery>(std::make_unique<ForwardingBackend>(storage));
  }

  ObservedStorage* slow_storage = nullptr;
  std::unique_ptr<ImageGallery> slow;
  std::unique_ptr<ImageGallery> fast;
  Principal acme = Principal::tenant_admin("acme");
};

Upload picture(std::uint32_t seed) {
  return Upload::from_bytes(make_test_png(20, 10, seed), {.file_name = "pump.png"});
}

std::string exported(const Principal& who) {
  ImageGallery gallery{open_memory()};
  return gallery.export_json(who, gallery.upload(who, picture(1)).ref);
}

}  // namespace

TEST_CASE("Two concurrent imports of one document create one image", "[race]") {
  Race race;
  const auto json = exported(race.acme);
  race.slow_storage->before_commit = [&] { race.fast->import_json(race.acme, json); };
  CHECK(race.slow->import_json(race.acme, json).ref.key == "pump.png");
  CHECK(race.slow->list(race.acme).total == 1);
}

TEST_CASE("An import keeps both images if other content takes its key concurrently", "[race]") {
  Race race;
  const auto json = exported(race.acme);
  race.slow_storage->before_commit = [&] { race.fast->upload(race.acme, picture(2)); };
  CHECK(race.slow->import_json(race.acme, json).ref.key == "pump_(1).png");
}

TEST_CASE("A removal reports a conflict for an image that was changed concurrently", "[race]") {
  Race race;
  const auto one = race.slow->upload(race.acme, picture(1));
  race.slow_storage->before_commit = [&] { race.fast->rename(race.acme, one.ref, "Pump 7"); };
  const auto result = race.slow->remove(race.acme, one.ref, {.expected_revision = one.revision});
  CHECK(result.outcomes.at(0).status == RemoveStatus::conflict);
  CHECK(race.slow->find(race.acme, one.ref).has_value());
}

TEST_CASE("A rename is retried after a concurrent change unless a revision is expected", "[race]") {
  Race race;
  const auto one = race.slow->upload(race.acme, picture(1));
  const auto interfere = [&] { race.fast->set_public(race.acme, one.ref, true); };
  race.slow_storage->before_commit = interfere;
  CHECK(race.slow->rename(race.acme, one.ref, "Pump 7").is_public);

  const auto seen = race.slow->set_public(race.acme, one.ref, false);
  race.slow_storage->before_commit = interfere;
  CHECK(code_of([&] {
          race.slow->rename(race.acme, one.ref, "Pump 8", {.expected_revision = seen.revision});
        }) == ErrorCode::conflict);
  CHECK(race.slow->find(race.acme, one.ref).value().title == "Pump 7");
}

TEST_CASE("A rename that 100 concurrent changes interrupt is a conflict", "[race]") {
  Race race;
  const auto one = race.slow->upload(race.acme, picture(1));
  int attempts = 0;
  const int changes = GENERATE(99, 100);
  race.slow_storage->before_each_commit = [&] {
    if (++attempts <= changes) race.fast->rename(race.acme, one.ref, std::to_string(attempts));
  };
  if (changes == 99) {
    CHECK(race.slow->rename(race.acme, one.ref, "Pump 7").title == "Pump 7");
  } else {
    CHECK(code_of([&] { race.slow->rename(race.acme, one.ref, "Pump 7"); }) == ErrorCode::conflict);
  }
  CHECK(attempts == 100);
}

TEST_CASE("put_system_image succeeds if its key is created or removed concurrently", "[race]") {
  Race race;
  const auto admin = Principal::system_admin();
  race.slow_storage->before_commit = [&] {
    race.fast->put_system_image(admin, "a.png", picture(2));
  };
  const auto put = race.slow->put_system_image(admin, "a.png", picture(1));
  race.slow_storage->before_commit = [&] { race.fast->remove(admin, put.ref); };
  CHECK(race.slow->put_system_image(admin, "a.png", picture(3)).ref.key == "a.png");
  CHECK(race.slow->list(admin).total == 1);
}
