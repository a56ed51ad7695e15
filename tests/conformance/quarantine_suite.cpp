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

// Reads all bytes of a content with `verify_at`, in pieces.
Bytes verified_bytes(const StorageBackend& storage, const ContentId& content) {
  Bytes bytes;
  Bytes piece(1000);
  for (;;) {
    const auto count = storage.verify_at(content, bytes.size(), piece);
    bytes.insert(bytes.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(count));
    if (count < piece.size()) return bytes;
  }
}

// The kinds and keys of events.
std::vector<std::string> lines(const std::vector<Event>& events) {
  std::vector<std::string> all;
  for (const auto& event : events) {
    all.push_back(std::string{to_string(event.kind)} + " " + event.key);
  }
  std::sort(all.begin(), all.end());
  return all;
}

// An image with an ETag, a size of 5, and a preview of its own.
ImageRecord image_with_preview(StorageBackend& backend, const std::string& key,
                               const ContentId& content) {
  auto record = sample_record("acme", key, content);
  record.descriptor.etag = "same";
  record.previews = {sample_preview("preview", put(backend, "acme", "preview of " + key))};
  return create(backend, record);
}

TEST_CASE("A result has the events of its change, as in the change feed", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto content = put(backend, "acme", "bytes");
  const auto copy = put(backend, "acme", "bytes");
  const auto record = sample_record("acme", "a.jpg", content);
  const ImageUse use{"DASHBOARD", "1", "Main", "acme"};
  const std::vector<Change> changes{
      {CreateImage{record, false, "spare", {}}, "ann", at(1)},
      {CreateImage{sample_record("acme", "a.jpg", content), false, "spare", {}}, "bob", at(2)},
      {AttachUse{"acme", record.id, use}, "ann", at(3)},
      {AttachUse{"acme", record.id, use}, "ann", at(4)},
      {SetTenantLimits{"zeta", {}}, "root", at(5)},
      {ReplacePreviews{"acme", content, {}}, "ann", at(6)},
      {QuarantineContent{"acme", content}, "ann", at(7)},
      {ReleaseContent{"acme", content}, "ann", at(8)},
      {RestoreContent{"acme", content, copy, {}}, "ann", at(9)},
      {RemoveImage{"acme", record.id, {}, false}, "ann", at(10)},
      {RemoveImage{"acme", record.id, {}, true}, "ann", at(11)},
      {DetachUse{"acme", record.id, use}, "ann", at(12)}};

  const auto results = backend.commit(changes);

  std::vector<Event> told;
  std::vector<std::size_t> counts;
  for (const auto& result : results) {
    counts.push_back(result.events.size());
    told.insert(told.end(), result.events.begin(), result.events.end());
    CHECK(result.sequence == (result.events.empty() ? 0 : result.events.back().sequence));
  }
  CHECK(counts == std::vector<std::size_t>{1, 1, 1, 0, 1, 2, 2, 2, 2, 0, 1, 0});
  CHECK((told == backend.changes_since(0, 100).events));
}

TEST_CASE("Quarantined content can be read to verify it", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  if (!kind.traits.is_healable) return;
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto bytes = sample_bytes(600'000);
  auto record = sample_record("acme", "a.jpg", put(backend, "acme", bytes), bytes.size());
  create(backend, record);
  CHECK((verified_bytes(backend, record.content) == bytes));

  commit(backend, QuarantineContent{"acme", record.content});

  CHECK((verified_bytes(backend, record.content) == bytes));
  Bytes into(10);
  CHECK(backend.verify_at(record.content, 599'995, into) == 5);
  CHECK(backend.verify_at(record.content, 600'000, into) == 0);
  CHECK(code_of([&] { (void)backend.verify_at(ContentId::make(), 0, into); }) ==
        ErrorCode::not_found);
}

TEST_CASE("Damaged bytes are never returned to verify them", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  if (!kind.traits.is_checked) return;
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto content = put(backend, "acme", sample_bytes(600'000));

  storage->damage(content);

  Bytes into(600'000);
  CHECK(code_of([&] { (void)backend.verify_at(content, 0, into); }) == ErrorCode::corrupt_data);
}

TEST_CASE("Released content is readable again, with an event for each image", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto content = put(backend, "acme", "bytes");
  const auto first = image_with_preview(backend, "a.jpg", content);
  image_with_preview(backend, "b.jpg", content);
  const auto preview = first.previews.at(0).content;
  commit(backend, QuarantineContent{"acme", content});
  commit(backend, QuarantineContent{"acme", preview});

  const auto released = commit(backend, ReleaseContent{"acme", content});
  CHECK(released.outcome == ChangeOutcome::applied);
  CHECK(lines(released.events) == std::vector<std::string>{"restored a.jpg", "restored b.jpg"});
  CHECK(stored_bytes(backend, content).size() == 5);
  CHECK(backend.find_content("acme", "same", 5).has_value());
  CHECK(code_of([&] { (void)stored_bytes(backend, preview); }) == ErrorCode::corrupt_data);

  CHECK(lines(commit(backend, ReleaseContent{"acme", preview}).events) ==
        std::vector<std::string>{"restored a.jpg", "restored b.jpg"});
  CHECK(stored_bytes(backend, preview).size() == 16);
  for (const auto* const key : {"a.jpg", "b.jpg"}) {
    CHECK(backend.find("acme", key)->revision > released.sequence);
  }
}

TEST_CASE("Content that already is as requested is neither quarantined nor released again",
          "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto record = create(backend, "acme", "a.jpg");
  const auto check_unchanged = [&](const ChangeResult& result, std::uint64_t sequence) {
    CHECK(result.outcome == ChangeOutcome::already_done);
    CHECK(result.sequence == 0);
    CHECK(result.events.empty());
    CHECK(backend.changes_since(0, 10).sequence == sequence);
    CHECK(backend.find("acme", "a.jpg")->revision == sequence);
  };

  check_unchanged(commit(backend, ReleaseContent{"acme", record.content}), 1);
  commit(backend, QuarantineContent{"acme", record.content});
  check_unchanged(commit(backend, QuarantineContent{"acme", record.content}), 2);
}

TEST_CASE("Only content that an image of the tenant uses can be released", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto record = create(backend, "acme", "a.jpg");
  const auto unused = put(backend, "acme", "unused");
  const auto release = [&](const std::string& tenant, const ContentId& content) {
    return code_of([&] { commit(backend, ReleaseContent{tenant, content}); });
  };

  CHECK(release("acme", unused) == ErrorCode::not_found);
  CHECK(release("other", record.content) == ErrorCode::not_found);
  CHECK(release("acme", ContentId::make()) == ErrorCode::not_found);
}

TEST_CASE("A damaged original is replaced in every image that has it", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto damaged = put(backend, "acme", "bytes");
  std::vector<ImageRecord> before;
  for (const auto* const key : {"a.jpg", "b.jpg"}) {
    before.push_back(image_with_preview(backend, key, damaged));
  }
  const auto other = create(backend, "acme", "c.jpg");
  const auto usage = backend.usage("acme");
  commit(backend, QuarantineContent{"acme", damaged});
  const auto sound = put(backend, "acme", "bytes");
  const std::vector previews{sample_preview("preview", put(backend, "acme", "new preview"))};

  const auto result = commit(backend, RestoreContent{"acme", damaged, sound, previews}, at(5));

  CHECK(result.outcome == ChangeOutcome::applied);
  CHECK(lines(result.events) == std::vector<std::string>{"restored a.jpg", "restored b.jpg"});
  for (auto expected : before) {
    const auto found = *backend.find("acme", expected.key);
    CHECK(found.revision > expected.revision);
    expected.revision = found.revision;
    expected.content = sound;
    expected.previews = previews;
    CHECK((found == expected));
  }
  CHECK((backend.find("acme", "c.jpg") == other));
  CHECK(backend.find_content("acme", "same", 5)->content == sound);
  CHECK(backend.usage("acme").images == usage.images);
  CHECK(backend.usage("acme").bytes == usage.bytes);
  // As after a replacement: the damaged copy goes after the grace period, the new one stays.
  const auto is_stored = [&](const ContentId& content) {
    Bytes into(1);
    return code_of([&] { (void)backend.verify_at(content, 0, into); }) != ErrorCode::not_found;
  };
  sweep_all(backend, at(5));
  CHECK(is_stored(damaged));
  sweep_all(backend, at(6));
  CHECK_FALSE(is_stored(damaged));
  CHECK_FALSE(is_stored(before[0].previews.at(0).content));
  CHECK(stored_bytes(backend, sound).size() == 5);
  CHECK(stored_bytes(backend, previews[0].content).size() == 11);
}

TEST_CASE("A restored original keeps the previews that its new content has", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto damaged = image_with_preview(backend, "a.jpg", put(backend, "acme", "bytes"));
  const auto sound = image_with_preview(backend, "b.jpg", put(backend, "acme", "bytes"));
  const auto unused = sample_preview("preview", put(backend, "acme", "unused"));

  commit(backend, RestoreContent{"acme", damaged.content, sound.content, {unused}});

  CHECK(backend.find("acme", "a.jpg")->content == sound.content);
  CHECK((backend.find("acme", "a.jpg")->previews == sound.previews));
}

TEST_CASE(
    "Nothing is restored without an image that has the damaged content, or by missing content",
    "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto record = create(backend, "acme", "a.jpg");
  const auto sound = put(backend, "acme", "bytes");
  const auto foreign = put(backend, "other", "bytes");
  const auto restore = [&](const std::string& tenant, const ContentId& damaged,
                           const ContentId& content) {
    return commit(backend, RestoreContent{tenant, damaged, content, {}}).outcome;
  };

  CHECK(restore("acme", ContentId::make(), sound) == ChangeOutcome::already_done);
  CHECK(restore("other", record.content, foreign) == ChangeOutcome::already_done);
  CHECK(restore("acme", record.content, record.content) == ChangeOutcome::already_done);
  CHECK(code_of([&] { restore("acme", record.content, foreign); }) == ErrorCode::not_found);
  CHECK(code_of([&] { restore("acme", record.content, ContentId::make()); }) ==
        ErrorCode::not_found);
  CHECK((backend.find("acme", "a.jpg") == record));
  CHECK(backend.changes_since(0, 10).sequence == 1);
}

TEST_CASE("Quarantined originals are found by ETag and size within their tenant", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  if (!kind.traits.is_healable) return;
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto content = put(backend, "acme", "bytes");
  image_with_preview(backend, "a.jpg", content);
  image_with_preview(backend, "b.jpg", content);
  const auto second = put(backend, "acme", "bytes");
  const auto record = image_with_preview(backend, "c.jpg", second);
  using Contents = std::vector<ContentId>;
  CHECK(backend.find_quarantined("acme", "same", 5) == Contents{});

  commit(backend, QuarantineContent{"acme", content});
  CHECK(backend.find_quarantined("acme", "same", 5) == Contents{content});
  CHECK(backend.find_quarantined("acme", "same", 6) == Contents{});
  CHECK(backend.find_quarantined("acme", "other", 5) == Contents{});
  CHECK(backend.find_quarantined("other", "same", 5) == Contents{});

  commit(backend, QuarantineContent{"acme", second});
  auto both = backend.find_quarantined("acme", "same", 5);
  std::sort(both.begin(), both.end());
  CHECK(both == Contents{std::min(content, second), std::max(content, second)});

  commit(backend, RemoveImage{"acme", record.id, {}, false});
  CHECK(backend.find_quarantined("acme", "same", 5) == Contents{content});
}

}  // namespace
}  // namespace imagegallery::conformance
