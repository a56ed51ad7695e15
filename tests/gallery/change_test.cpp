// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <thread>

#include "gallery/gallery_fixture.hpp"

using namespace imagegallery;

TEST_CASE("A rename changes only the title, the revision and the update time", "[change]") {
  GalleryFixture f;
  const auto before = f.upload(f.acme, "a.png");
  f.time += std::chrono::seconds{5};
  const auto after = f.gallery.rename(f.acme, before.ref, "Pump 7, north hall");
  CHECK(after.title == "Pump 7, north hall");
  CHECK(after.revision > before.revision);
  CHECK(after.updated_at == f.time);
  auto expected = before;
  expected.title = after.title;
  expected.revision = after.revision;
  expected.updated_at = after.updated_at;
  CHECK(after == expected);
}

TEST_CASE("Update times increase with each change even if the clock stops", "[change]") {
  GalleryFixture f;
  const auto created = f.upload(f.acme, "pump.png");
  CHECK(created.updated_at == created.created_at);
  const auto renamed = f.gallery.rename(f.acme, created.ref, "Pump 7");
  CHECK(renamed.updated_at > created.updated_at);
  f.time -= std::chrono::hours{1};
  CHECK(f.gallery.set_public(f.acme, created.ref, true).updated_at > renamed.updated_at);
}

TEST_CASE("A rename to the same title changes nothing", "[change]") {
  GalleryFixture f;
  const auto before = f.upload(f.acme, "a.png");
  CHECK(f.gallery.rename(f.acme, before.ref, before.title) == before);
}

TEST_CASE("A replacement keeps the key, links, title and public key", "[change]") {
  GalleryFixture f;
  const auto before = f.upload(f.acme, "a.png", 1);
  const auto bytes = make_test_png(30, 40, 2);
  const auto after =
      f.gallery.replace(f.acme, before.ref, Upload::from_bytes(bytes, {.file_name = "b.png"}));
  CHECK(after.id == before.id);
  CHECK(after.ref == before.ref);
  CHECK(after.title == before.title);
  CHECK(after.public_key == before.public_key);
  CHECK(after.file_name == "b.png");
  CHECK(after.descriptor.width == 30);
  CHECK(after.descriptor.etag != before.descriptor.etag);
  CHECK(after.revision > before.revision);
  CHECK(f.gallery.usage(f.acme).bytes == bytes.size());
  CHECK(f.gallery.read(f.acme, before.ref).bytes() == bytes);
}

TEST_CASE("A replacement over the limit leaves the image unchanged", "[change]") {
  const auto small = make_test_png(20, 10);
  const auto large = make_test_png(200, 100, 1, true);
  GalleryFixture f({.limits = {.max_total_bytes = small.size() + 10}});
  const auto before = f.gallery.upload(f.acme, Upload::from_bytes(small));
  CHECK(code_of([&] { f.gallery.replace(f.acme, before.ref, Upload::from_bytes(large)); }) ==
        ErrorCode::limit_exceeded);
  CHECK(f.gallery.find(f.acme, before.ref) == before);
  CHECK(f.gallery.usage(f.acme).bytes == small.size());
}

TEST_CASE("A change with an outdated expected revision is a conflict", "[change]") {
  GalleryFixture f;
  const auto before = f.upload(f.acme, "a.png");
  const auto current = f.gallery.rename(f.acme, before.ref, "theirs");
  const ChangeOptions stale{.expected_revision = before.revision};
  const auto bytes = make_test_png(8, 8);
  CHECK(code_of([&] { f.gallery.rename(f.acme, before.ref, "mine", stale); }) ==
        ErrorCode::conflict);
  CHECK(code_of([&] { f.gallery.set_public(f.acme, before.ref, true, stale); }) ==
        ErrorCode::conflict);
  CHECK(code_of([&] { f.gallery.replace(f.acme, before.ref, Upload::from_bytes(bytes), stale); }) ==
        ErrorCode::conflict);
  const auto removal = f.gallery.remove(f.acme, before.ref, {.expected_revision = before.revision});
  CHECK(removal.outcomes.at(0).status == RemoveStatus::conflict);
  CHECK(f.gallery.find(f.acme, before.ref) == current);
  CHECK_NOTHROW(
      f.gallery.rename(f.acme, before.ref, "mine", {.expected_revision = current.revision}));
}

TEST_CASE("Changes to an absent image throw not_found", "[change]") {
  GalleryFixture f;
  const ImageRef ref{Scope::tenant, "none.png"};
  const auto bytes = make_test_png(8, 8);
  CHECK(code_of([&] { f.gallery.rename(f.acme, ref, "x"); }) == ErrorCode::not_found);
  CHECK(code_of([&] { f.gallery.set_public(f.acme, ref, true); }) == ErrorCode::not_found);
  CHECK(code_of([&] { f.gallery.replace(f.acme, ref, Upload::from_bytes(bytes)); }) ==
        ErrorCode::not_found);
  CHECK(code_of([&] {
          f.gallery.attach(f.acme, ref, {"DASHBOARD", "1", ""});
        }) == ErrorCode::not_found);
  CHECK(code_of([&] {
          f.gallery.detach(f.acme, ref, {"DASHBOARD", "1", ""});
        }) == ErrorCode::not_found);
  CHECK(code_of([&] { (void)f.gallery.uses(f.acme, ref); }) == ErrorCode::not_found);
  CHECK(code_of([&] { (void)f.gallery.export_json(f.acme, ref); }) == ErrorCode::not_found);
}

TEST_CASE("An image in use is not removed unless forced, and its uses are returned", "[change]") {
  GalleryFixture f;
  const auto info = f.upload(f.acme, "a.png");
  f.gallery.attach(f.acme, info.ref, {"DASHBOARD", "42", "North"});
  f.gallery.attach(f.acme, info.ref, {"DASHBOARD", "42", "North hall"});
  f.gallery.attach(f.acme, info.ref, {"DEVICE_PROFILE", "7", "Pumps"});
  const std::vector<ImageUse> users{{"DASHBOARD", "42", "North hall", "acme"},
                                    {"DEVICE_PROFILE", "7", "Pumps", "acme"}};
  CHECK(f.gallery.uses(f.acme, info.ref) == users);
  const auto kept = f.gallery.remove(f.acme, info.ref);
  CHECK_FALSE(kept.all_removed());
  CHECK(kept.outcomes.at(0).status == RemoveStatus::in_use);
  CHECK(kept.outcomes.at(0).uses == users);
  CHECK(f.gallery.find(f.acme, info.ref));

  f.gallery.detach(f.acme, info.ref, {"DASHBOARD", "42", ""});
  f.gallery.detach(f.acme, info.ref, {"DASHBOARD", "42", ""});  // a second time does nothing
  CHECK(f.gallery.uses(f.acme, info.ref).size() == 1);
  CHECK(f.gallery.remove(f.acme, info.ref, {.force = true}).all_removed());
  CHECK_FALSE(f.gallery.find(f.acme, info.ref));
}

TEST_CASE("Removing several images returns an outcome for each", "[change]") {
  GalleryFixture f;
  const auto free = f.upload(f.acme, "free.png", 1);
  const auto used = f.upload(f.acme, "used.png", 2);
  const auto logo = f.upload(f.admin, "logo.png", 3);
  f.gallery.attach(f.acme, used.ref, {"DASHBOARD", "1", "One"});
  const std::vector<ImageRef> refs{
      free.ref, used.ref, {Scope::tenant, "none.png"}, {Scope::system, "logo.png"}, free.ref};
  const auto result = f.gallery.remove(f.acme, refs);
  REQUIRE(result.outcomes.size() == 5);
  CHECK(result.outcomes[0].status == RemoveStatus::removed);
  CHECK(result.outcomes[1].status == RemoveStatus::in_use);
  CHECK(result.outcomes[2].status == RemoveStatus::not_found);
  CHECK(result.outcomes[3].status == RemoveStatus::permission_denied);
  CHECK(result.outcomes[4].status == RemoveStatus::not_found);
  for (std::size_t i = 0; i < refs.size(); ++i) CHECK(result.outcomes[i].ref == refs[i]);
  CHECK(f.gallery.list(f.acme).total == 1u);
  CHECK(f.gallery.find(f.admin, logo.ref));
}

TEST_CASE("A tenant can use a system image, and a system administrator sees all its uses",
          "[change]") {
  GalleryFixture f;
  const auto logo = f.upload(f.admin, "logo.png");
  const ImageRef ref{Scope::system, "logo.png"};
  f.gallery.attach(f.acme, ref, {"DASHBOARD", "1", "A", "globex"});  // the given tenant is ignored
  f.gallery.attach(f.globex, ref, {"DASHBOARD", "1", "G"});
  CHECK(f.gallery.uses(f.acme, ref) == std::vector<ImageUse>{{"DASHBOARD", "1", "A", "acme"}});
  CHECK(f.gallery.uses(f.admin, ref).size() == 2);
  const auto result = f.gallery.remove(f.admin, logo.ref);
  CHECK(result.outcomes.at(0).uses.size() == 2);
}

TEST_CASE("An invalid use is rejected with the name of the field", "[change]") {
  GalleryFixture f;
  const auto info = f.upload(f.acme, "a.png");
  const auto message = [&](const ImageUse& use) {
    return message_of([&] { f.gallery.attach(f.acme, info.ref, use); });
  };
  CHECK_THAT(message({"", "1", ""}), ContainsSubstring("entity_type"));
  CHECK_THAT(message({std::string(65, 'D'), "1", ""}), ContainsSubstring("entity_type"));
  CHECK_THAT(message({"D", "", ""}), ContainsSubstring("entity_id"));
  CHECK_THAT(message({"D", std::string(256, '1'), ""}), ContainsSubstring("entity_id"));
  CHECK_THAT(message({"D", "1", std::string(256, 'n')}), ContainsSubstring("name"));
}

TEST_CASE("Texts of a use are UTF-8 without control characters and up to their maximum",
          "[change]") {
  GalleryFixture f;
  const auto info = f.upload(f.acme, "a.png");
  const auto code = [&](const ImageUse& use) {
    return code_of([&] { f.gallery.attach(f.acme, info.ref, use); });
  };
  for (const char* text : {"a\nb", "a\x1f", "\x7f", "\xff", "\xc3"}) {
    CHECK(code({text, "1", ""}) == ErrorCode::invalid_argument);
    CHECK(code({"D", text, ""}) == ErrorCode::invalid_argument);
    CHECK(code({"D", "1", text}) == ErrorCode::invalid_argument);
  }
  CHECK(f.gallery.uses(f.acme, info.ref).empty());
  const ImageUse longest{std::string(64, 'D'), std::string(255, '1'), std::string(255, 'n')};
  CHECK_NOTHROW(f.gallery.attach(f.acme, info.ref, longest));
  CHECK_NOTHROW(f.gallery.attach(f.acme, info.ref, {"\xc3\xa9", "\xc3\xa9", "\xc3\xa9"}));
  CHECK(f.gallery.uses(f.acme, info.ref).size() == 2);
}

TEST_CASE("Each change notifies the host of its actor, kind, image and time", "[change]") {
  std::vector<Event> events;
  GalleryFixture f({.on_event = [&](const Event& event) { events.push_back(event); }});
  const auto bytes = make_test_png(8, 8, 9);
  const auto info = f.upload(f.acme, "a.png");
  f.gallery.rename(f.acme, info.ref, "b");
  f.gallery.replace(f.acme, info.ref, Upload::from_bytes(bytes));
  f.gallery.set_public(f.acme, info.ref, true);
  f.gallery.set_public(f.acme, info.ref, false);
  f.gallery.attach(f.acme, info.ref, {"D", "1", ""});
  f.gallery.detach(f.acme, info.ref, {"D", "1", ""});
  f.gallery.remove(f.acme, info.ref);
  f.gallery.set_limits(f.admin, "acme", {});
  std::vector<ChangeKind> kinds;
  for (const auto& event : events) kinds.push_back(event.kind);
  CHECK(kinds == std::vector{ChangeKind::created, ChangeKind::renamed, ChangeKind::replaced,
                             ChangeKind::published, ChangeKind::unpublished, ChangeKind::attached,
                             ChangeKind::detached, ChangeKind::removed, ChangeKind::limits_set});
  for (const auto& event : events) {
    CHECK(event.at == f.time);
    CHECK(event.tenant == "acme");
    if (event.kind == ChangeKind::limits_set) {
      CHECK(event.actor == "root");
      CHECK(event.key.empty());
    } else {
      CHECK(event.actor == "ann");
      CHECK(event.key == "a.png");
      CHECK(event.image == info.id);
    }
  }
  CHECK(f.gallery.changes_since(0).events == events);
  CHECK(f.gallery.changes_since(events[2].sequence, 2).events ==
        std::vector(events.begin() + 3, events.begin() + 5));
}

TEST_CASE("A listener that throws undoes nothing, and it may call the gallery", "[change]") {
  GalleryFixture* fixture = nullptr;
  int calls = 0;
  GalleryFixture f({.on_event = [&](const Event&) {
    ++calls;
    CHECK(fixture->gallery.list(fixture->acme).total == 1u);
    throw std::runtime_error("listener");
  }});
  fixture = &f;
  CHECK_NOTHROW(f.upload(f.acme, "a.png"));
  CHECK(calls == 1);
}

TEST_CASE("Concurrent renames of one image all succeed", "[change]") {
  GalleryFixture f;
  const auto info = f.upload(f.acme, "a.png");
  std::vector<std::thread> threads;
  std::atomic<int> failures{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        try {
          f.gallery.rename(f.acme, info.ref, "t" + std::to_string(t) + "-" + std::to_string(i));
        } catch (const Error&) {
          ++failures;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(failures == 0);
  CHECK(f.gallery.changes_since(0).events.size() == 81);
}
