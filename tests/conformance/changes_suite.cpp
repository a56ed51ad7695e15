// SPDX-License-Identifier: Apache-2.0
#include "storage_backend_suite.hpp"

#include <imagegallery/error.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include "catch.hpp"
#include "error_code.hpp"
#include "sample_images.hpp"

namespace imagegallery::conformance {
namespace {

TEST_CASE("Limits are inclusive, and the error names the exceeded limit", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const Limits limits{.max_image_bytes = 10, .max_total_bytes = 15};
  const auto try_create = [&](std::uint64_t size) {
    const auto record = sample_record("acme", "a.jpg", put(backend, "acme", "bytes"), size);
    return message_of([&] { commit(backend, CreateImage{record, false, "spare", limits}); });
  };

  CHECK_THAT(try_create(11), ContainsSubstring("11 bytes") && ContainsSubstring("10 bytes"));
  CHECK(try_create(10).empty());
  CHECK_THAT(try_create(6), ContainsSubstring("15 bytes"));
  CHECK(try_create(5).empty());
  CHECK_FALSE(try_create(1).empty());
  CHECK(try_create(0).empty());
  CHECK(backend.usage("acme").bytes == 15);
  CHECK(backend.usage("acme").images == 3);
}

TEST_CASE("Exceeding a limit is limit_exceeded", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto record = sample_record("acme", "a.jpg", put(backend, "acme", "bytes"), 11);
  const auto code = [&](const Limits& limits) {
    return code_of([&] { commit(backend, CreateImage{record, false, "spare", limits}); });
  };

  CHECK(code({.max_image_bytes = 10, .max_total_bytes = 0}) == ErrorCode::limit_exceeded);
  CHECK(code({.max_image_bytes = 0, .max_total_bytes = 10}) == ErrorCode::limit_exceeded);
  CHECK(code({.max_image_bytes = 0, .max_total_bytes = 0}) == std::nullopt);
}

TEST_CASE("Each of a tenant's own limits overrides its default", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const Limits defaults{.max_image_bytes = 10, .max_total_bytes = 100};
  const auto can_create = [&](std::uint64_t size) {
    const auto record = sample_record("acme", "a.jpg", put(backend, "acme", "bytes"), size);
    return code_of([&] {
             commit(backend, CreateImage{record, false, "spare", defaults});
           }) == std::nullopt;
  };

  commit(backend, SetTenantLimits{"acme", {.max_image_bytes = 50, .max_total_bytes = {}}});
  CHECK(can_create(50));
  CHECK_FALSE(can_create(51));
  CHECK(can_create(50));
  CHECK_FALSE(can_create(1));
  commit(backend, SetTenantLimits{"acme", {.max_image_bytes = {}, .max_total_bytes = 0}});
  CHECK(can_create(10));
  CHECK_FALSE(can_create(11));
  CHECK(backend.usage("acme").limits == TenantLimits{.max_image_bytes = {}, .max_total_bytes = 0});
  CHECK(backend.usage("other").limits == TenantLimits{});
}

TEST_CASE("Limits of any size are stored", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const TenantLimits limits{.max_image_bytes = UINT64_MAX, .max_total_bytes = UINT64_MAX - 1};

  commit(backend, SetTenantLimits{"acme", limits});

  CHECK(backend.usage("acme").limits == limits);
  create(backend, "acme", "a.jpg");
}

TEST_CASE("A limit below the current usage only blocks growth", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  auto record = create(backend, sample_record("acme", "a.jpg", put(backend, "acme", "b"), 20));
  commit(backend, SetTenantLimits{"acme", {.max_image_bytes = 5, .max_total_bytes = 10}});
  const auto update_to = [&](std::uint64_t size) {
    record.descriptor.size = size;
    const auto revision = backend.find("acme", "a.jpg")->revision;
    return code_of([&] {
      commit(backend, UpdateImage{record, revision, ChangeKind::replaced, {}});
    });
  };

  CHECK(update_to(20) == std::nullopt);
  CHECK(update_to(21) == ErrorCode::limit_exceeded);
  CHECK(update_to(19) == std::nullopt);
  CHECK(update_to(4) == std::nullopt);
  CHECK(update_to(6) == ErrorCode::limit_exceeded);
  CHECK(update_to(5) == std::nullopt);
  CHECK(backend.usage("acme").bytes == 5);
}

TEST_CASE("Usage counts images and their sizes, shared content once per image", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto content = put(backend, "acme", "bytes");
  create(backend, sample_record("acme", "a.jpg", content, 5));
  auto symbol = sample_record("acme", "b.svg", content, 5);
  symbol.sub_type = ImageSubType::scada_symbol;
  create(backend, symbol);

  CHECK(backend.usage("acme").images == 2);
  CHECK(backend.usage("acme").bytes == 10);
  CHECK(backend.usage("nobody").images == 0);
  CHECK(backend.usage("nobody").bytes == 0);
}

TEST_CASE("Every change gets the next number and an event", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  auto record = create(backend, sample_record("acme", "a.jpg", put(backend, "acme", "b")), at(1));
  const ImageUse use{"DASHBOARD", "1", "Main", "acme"};
  const auto next = [&](auto action, int time) {
    return commit(backend, Change{std::move(action), "ann", at(time)}).sequence;
  };

  CHECK(next(UpdateImage{record, 1, ChangeKind::published, {}}, 2) == 2);
  CHECK(next(AttachUse{"acme", record.id, use}, 3) == 3);
  CHECK(next(AttachUse{"acme", record.id, use}, 4) == 0);
  CHECK(next(DetachUse{"acme", record.id, use}, 5) == 4);
  CHECK(next(SetTenantLimits{"zeta", {}}, 6) == 5);
  CHECK(next(ReplacePreviews{"acme", record.content, {}}, 7) == 6);
  CHECK(next(QuarantineContent{"acme", record.content}, 8) == 7);
  CHECK(next(RemoveImage{"acme", record.id, {}, false}, 9) == 8);

  const auto feed = backend.changes_since(0, 100);
  CHECK(feed.sequence == 8);
  CHECK(feed.complete);
  const auto& id = record.id;
  CHECK(feed.events ==
        std::vector<Event>{{1, ChangeKind::created, at(1), "tester", "acme", "a.jpg", id},
                           {2, ChangeKind::published, at(2), "ann", "acme", "a.jpg", id},
                           {3, ChangeKind::attached, at(3), "ann", "acme", "a.jpg", id},
                           {4, ChangeKind::detached, at(5), "ann", "acme", "a.jpg", id},
                           {5, ChangeKind::limits_set, at(6), "ann", "zeta", "", {}},
                           {6, ChangeKind::previews_rebuilt, at(7), "ann", "acme", "a.jpg", id},
                           {7, ChangeKind::quarantined, at(8), "ann", "acme", "a.jpg", id},
                           {8, ChangeKind::removed, at(9), "ann", "acme", "a.jpg", id}});
}

TEST_CASE("A change to content is recorded for every image that uses it", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto content = put(backend, "acme", "bytes");
  const auto preview = put(backend, "acme", "preview");
  create(backend, sample_record("acme", "a.jpg", content));
  create(backend, sample_record("acme", "b.jpg", content));
  create(backend, sample_record("acme", "c.jpg", preview));
  create(backend, "acme", "d.jpg");
  const auto events_since = [&](std::uint64_t after) {
    std::vector<std::string> events;
    for (const auto& event : backend.changes_since(after, 10).events) {
      CHECK(backend.find("acme", event.key)->revision == event.sequence);
      CHECK(backend.find("acme", event.key)->id == event.image);
      events.push_back(std::string{to_string(event.kind)} + " " + event.key);
    }
    std::sort(events.begin(), events.end());
    return events;
  };

  const auto replaced =
      commit(backend, ReplacePreviews{"acme", content, {sample_preview("preview", preview)}});
  CHECK(replaced.sequence == 6);
  CHECK(events_since(4) ==
        std::vector<std::string>{"previews_rebuilt a.jpg", "previews_rebuilt b.jpg"});

  CHECK(commit(backend, QuarantineContent{"acme", preview}).sequence == 9);
  CHECK(events_since(6) ==
        std::vector<std::string>{"quarantined a.jpg", "quarantined b.jpg", "quarantined c.jpg"});
}

TEST_CASE("Changes are returned in pages", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  for (int i = 0; i < 5; ++i) create(backend, "acme", "a.jpg");
  const auto numbers = [&](std::uint64_t after, std::uint32_t max) {
    const auto feed = backend.changes_since(after, max);
    CHECK(feed.sequence == 5);
    CHECK(feed.complete);
    std::vector<std::uint64_t> result;
    for (const auto& event : feed.events) result.push_back(event.sequence);
    return result;
  };

  CHECK(numbers(0, 2) == std::vector<std::uint64_t>{1, 2});
  CHECK(numbers(2, 2) == std::vector<std::uint64_t>{3, 4});
  CHECK(numbers(4, 2) == std::vector<std::uint64_t>{5});
  CHECK(numbers(5, 2).empty());
  CHECK(numbers(0, 0).empty());
}

TEST_CASE("A new storage has no changes", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();

  const auto feed = storage->backend().changes_since(0, 10);

  CHECK(feed.sequence == 0);
  CHECK(feed.complete);
  CHECK(feed.events.empty());
}

TEST_CASE("A feed with deleted changes is reported as incomplete", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  for (int i = 1; i <= 4; ++i) {
    create(backend, sample_record("acme", "a.jpg", put(backend, "acme", "b")), at(i));
  }

  sweep_all(backend, at(0), at(3));

  CHECK_FALSE(backend.changes_since(0, 10).complete);
  CHECK_FALSE(backend.changes_since(1, 10).complete);
  CHECK(backend.changes_since(2, 10).complete);
  CHECK(backend.changes_since(2, 10).events.size() == 2);
  CHECK(backend.changes_since(2, 0).complete);
  CHECK(backend.changes_since(4, 10).complete);
  sweep_all(backend, at(0), far_future());
  CHECK(backend.changes_since(0, 10).sequence == 4);
  CHECK_FALSE(backend.changes_since(3, 10).complete);
  CHECK(backend.changes_since(4, 10).complete);
  create(backend, "acme", "a.jpg");
  CHECK(backend.changes_since(4, 10).events.at(0).sequence == 5);
}

TEST_CASE("A feed after an unknown change number is reported as incomplete", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  create(storage->backend(), "acme", "a.jpg");

  const auto feed = storage->backend().changes_since(7, 10);

  CHECK(feed.sequence == 1);
  CHECK_FALSE(feed.complete);
  CHECK(feed.events.empty());
}

TEST_CASE("A batch is applied in order", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto record = sample_record("acme", "a.jpg", put(backend, "acme", "bytes"));
  const ImageUse use{"DASHBOARD", "1", "Main", "acme"};
  const std::vector<Change> changes{{CreateImage{record, true, "spare", {}}, "ann", at(1)},
                                    {AttachUse{"acme", record.id, use}, "ann", at(2)},
                                    {QuarantineContent{"acme", record.content}, "ann", at(3)},
                                    {RemoveImage{"acme", record.id, {}, false}, "ann", at(4)},
                                    {RemoveImage{"acme", record.id, {}, true}, "ann", at(5)},
                                    {RemoveImage{"acme", record.id, {}, true}, "ann", at(6)}};

  const auto results = backend.commit(changes);

  REQUIRE(results.size() == 6);
  CHECK(results[0].sequence == 1);
  CHECK(results[1].sequence == 2);
  CHECK(results[2].sequence == 3);
  CHECK(results[3].outcome == ChangeOutcome::in_use);
  CHECK(results[3].sequence == 0);
  CHECK(results[4].sequence == 4);
  CHECK(results[5].outcome == ChangeOutcome::not_found);
  CHECK(backend.changes_since(2, 1).events.at(0).key == "a.jpg");
  CHECK(backend.usage("acme").images == 0);
}

TEST_CASE("A batch that fails at its last change is rolled back", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto kept = create(backend, "acme", "a.jpg");
  const auto record = sample_record("acme", "a.jpg", put(backend, "acme", "bytes"));
  const std::vector<Change> changes{
      {CreateImage{record, false, "spare", {}}, "ann", at(1)},
      {SetTenantLimits{"acme", {.max_image_bytes = 1, .max_total_bytes = {}}}, "ann", at(1)},
      {RemoveImage{"acme", kept.id, {}, false}, "ann", at(1)},
      {AttachUse{"acme", ImageId::make(), {}}, "ann", at(1)}};

  CHECK(code_of([&] { (void)backend.commit(changes); }) == ErrorCode::not_found);

  CHECK(backend.find("acme", "a.jpg") == kept);
  CHECK(backend.find("acme", "a_(1).jpg") == std::nullopt);
  CHECK(backend.usage("acme").images == 1);
  CHECK(backend.usage("acme").limits == TenantLimits{});
  CHECK(backend.changes_since(0, 10).sequence == 1);
  CHECK(create(backend, "acme", "a.jpg").key == "a_(1).jpg");
}

TEST_CASE("An empty batch changes nothing", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();

  CHECK(storage->backend().commit({}).empty());
  CHECK(storage->backend().changes_since(0, 10).sequence == 0);
}

TEST_CASE("Stored images outlive the backend and are visible to others at once", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  if (!kind.traits.is_shared) return;
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto other = storage->open_again();
  CHECK(other->changes_since(0, 10).sequence == 0);

  const auto record = create(backend, "acme", "a.jpg");
  CHECK(other->find("acme", "a.jpg") == record);
  CHECK(other->changes_since(0, 10).sequence == 1);
  CHECK(stored_bytes(*other, record.content).size() == 5);
  create(*other, "acme", "a.jpg");
  CHECK(backend.changes_since(1, 10).events.at(0).key == "a_(1).jpg");
  CHECK(backend.usage("acme").images == 2);
}

}  // namespace
}  // namespace imagegallery::conformance
