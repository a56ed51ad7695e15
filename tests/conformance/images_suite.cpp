// SPDX-License-Identifier: Apache-2.0
#include "storage_backend_suite.hpp"

#include <imagegallery/error.hpp>

#include <string>

#include "catch.hpp"
#include "error_code.hpp"
#include "sample_images.hpp"

namespace imagegallery::conformance {
namespace {

TEST_CASE("A created image is found with all its fields and its revision", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  auto record = sample_record("acme", "pump.jpg", put(backend, "acme", "bytes"));
  record.operation_id = "operation 1";
  record.sub_type = ImageSubType::scada_symbol;
  record.is_public = true;
  record.previews = {sample_preview("preview", put(backend, "acme", "preview")),
                     sample_preview("card", put(backend, "acme", "card"))};

  const auto result = commit(backend, CreateImage{record, true, "spare", {}});

  CHECK(result.outcome == ChangeOutcome::applied);
  CHECK(result.sequence == 1);
  record.revision = 1;
  CHECK(result.record == record);
  CHECK(backend.find("acme", "pump.jpg") == record);
  CHECK(backend.find_public(record.public_key) == record);
}

TEST_CASE("Absent images are not found", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto record = create(backend, "acme", "pump.jpg");

  CHECK(backend.find("acme", "pump") == std::nullopt);
  CHECK(backend.find("acme", "PUMP.JPG") == std::nullopt);
  CHECK(backend.find("acme", "") == std::nullopt);
  CHECK(backend.find("other", "pump.jpg") == std::nullopt);
  CHECK(backend.find("", "pump.jpg") == std::nullopt);
  CHECK(backend.find_public("nobody") == std::nullopt);
  CHECK(backend.find_public("") == std::nullopt);
  CHECK(backend.uses("acme", ImageId::make()).empty());
  CHECK(backend.uses("other", record.id).empty());
}

TEST_CASE("System images belong to the empty tenant", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto theirs = create(backend, "", "pump.jpg");
  const auto own = create(backend, "acme", "pump.jpg");

  CHECK(backend.find("", "pump.jpg") == theirs);
  CHECK(backend.find("acme", "pump.jpg") == own);
}

TEST_CASE("Any text is returned byte for byte", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const std::string key = "a'b\"c;--%_\\?\u00e4\u4e2d\U0001f600.jpg";
  auto record = sample_record("t'en\"ant", key, put(backend, "t'en\"ant", "bytes"));
  record.title = "\u200f\u202e title";
  record.descriptor.media_type.clear();
  record.file_name.clear();

  const auto stored = create(backend, record);

  record.revision = stored.revision;
  CHECK(stored == record);
  CHECK(backend.find("t'en\"ant", key) == record);
}

TEST_CASE("A key in use is numbered", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();

  CHECK(create(backend, "acme", "pump.jpg").key == "pump.jpg");
  CHECK(create(backend, "acme", "pump.jpg").key == "pump_(1).jpg");
  CHECK(create(backend, "acme", "pump.jpg").key == "pump_(2).jpg");
  CHECK(create(backend, "acme", "pump_(1).jpg").key == "pump_(1)_(1).jpg");
  CHECK(create(backend, "other", "pump.jpg").key == "pump.jpg");
}

TEST_CASE("A numbered key gets the first free number, also after removals", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  for (int i = 0; i < 12; ++i) create(backend, "acme", "pump.jpg");
  const auto remove = [&](const std::string& key) {
    commit(backend, RemoveImage{"acme", backend.find("acme", key)->id, {}, false});
  };

  remove("pump_(3).jpg");
  remove("pump_(7).jpg");
  CHECK(create(backend, "acme", "pump.jpg").key == "pump_(3).jpg");
  CHECK(create(backend, "acme", "pump.jpg").key == "pump_(7).jpg");
  CHECK(create(backend, "acme", "pump.jpg").key == "pump_(12).jpg");
  remove("pump.jpg");
  CHECK(create(backend, "acme", "pump.jpg").key == "pump.jpg");
  remove("pump_(1).jpg");
  CHECK(create(backend, "acme", "pump.jpg").key == "pump_(1).jpg");
  CHECK(create(backend, "acme", "pump.jpg").key == "pump_(13).jpg");
}

TEST_CASE("Numbered keys of long names are cut between characters and stay unique",
          "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  std::string name;
  while (name.size() < 248) name += "\u00e4";
  const auto key = name + "abc.jpg";
  REQUIRE(key.size() == 255);

  CHECK(create(backend, "acme", key).key == key);
  for (std::uint32_t i = 1; i < 12; ++i) {
    const auto numbered = create(backend, "acme", key).key;
    CHECK(numbered == numbered_key(key, i));
    CHECK(numbered.size() <= 255);
  }
  commit(backend, RemoveImage{"acme", backend.find("acme", numbered_key(key, 4))->id, {}, false});
  CHECK(create(backend, "acme", key).key == numbered_key(key, 4));
}

TEST_CASE("An exact key that is in use is a conflict", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  create(backend, "acme", "pump.jpg");
  const auto record = sample_record("acme", "pump.jpg", put(backend, "acme", "bytes"));

  CHECK(code_of([&] {
          commit(backend, CreateImage{record, true, "spare", {}});
        }) == ErrorCode::conflict);
  CHECK(backend.usage("acme").images == 1);
}

TEST_CASE("An image id that is in use is a conflict", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto first = create(backend, "acme", "pump.jpg");
  const std::string tenant = GENERATE("acme", "other");

  auto second = sample_record(tenant, "valve.jpg", put(backend, tenant, "bytes"));
  second.id = first.id;
  CHECK(code_of([&] { create(backend, second); }) == ErrorCode::conflict);
  CHECK(backend.find("acme", "pump.jpg") == first);
  CHECK_FALSE(backend.find(tenant, "valve.jpg"));
}

TEST_CASE("Numbers of a key in use begin at 1, also after updates of keys", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  for (int i = 0; i < 4; ++i) create(backend, "acme", "pump.jpg");
  const auto update_key = [&](const std::string& key, const std::string& new_key) {
    auto record = backend.find("acme", key).value();
    record.key = new_key;
    commit(backend, UpdateImage{record, record.revision, ChangeKind::renamed, {}});
  };

  update_key("pump.jpg", "valve.jpg");
  CHECK(create(backend, "acme", "valve.jpg").key == "valve_(1).jpg");
  CHECK(create(backend, "acme", "valve.jpg").key == "valve_(2).jpg");
  CHECK(create(backend, "acme", "pump.jpg").key == "pump.jpg");
  CHECK(create(backend, "acme", "pump.jpg").key == "pump_(4).jpg");
  update_key("pump_(2).jpg", "pipe.jpg");
  CHECK(create(backend, "acme", "pump.jpg").key == "pump_(2).jpg");
}

TEST_CASE("A public key in use is replaced by the spare one", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto first = create(backend, "acme", "pump.jpg");
  auto record = sample_record("other", "pump.jpg", put(backend, "other", "bytes"));
  record.public_key = first.public_key;

  const auto result = commit(backend, CreateImage{record, false, "spare key", {}});

  CHECK(result.record->public_key == "spare key");
  CHECK(backend.find_public("spare key")->id == record.id);
  CHECK(backend.find_public(first.public_key)->id == first.id);
}

TEST_CASE("An operation id creates an image only once per tenant", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto record_for = [&](const std::string& tenant) {
    auto record = sample_record(tenant, "pump.jpg", put(backend, tenant, "bytes"));
    record.operation_id = "once";
    return record;
  };
  const auto first = create(backend, record_for("acme"));

  const auto again = commit(backend, CreateImage{record_for("acme"), true, "spare", {}});
  CHECK(again.outcome == ChangeOutcome::already_done);
  CHECK(again.sequence == 0);
  CHECK(again.record == first);
  CHECK(backend.usage("acme").images == 1);
  CHECK(backend.changes_since(0, 10).sequence == 1);

  CHECK(commit(backend, CreateImage{record_for("other"), true, "spare", {}}).outcome ==
        ChangeOutcome::applied);

  commit(backend, RemoveImage{"acme", first.id, {}, false});
  CHECK(commit(backend, CreateImage{record_for("acme"), true, "spare", {}}).outcome ==
        ChangeOutcome::applied);
}

TEST_CASE("An image requires content stored by its tenant", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto foreign = put(backend, "other", "bytes");
  const auto own = put(backend, "acme", "bytes");
  const auto create_with = [&](const ContentId& content, const ContentId& preview) {
    auto record = sample_record("acme", "pump.jpg", content);
    record.previews = {sample_preview("preview", preview)};
    return code_of([&] { commit(backend, CreateImage{record, false, "spare", {}}); });
  };

  CHECK(create_with(ContentId::make(), own) == ErrorCode::not_found);
  CHECK(create_with(foreign, own) == ErrorCode::not_found);
  CHECK(create_with(own, ContentId::make()) == ErrorCode::not_found);
  CHECK(create_with(own, foreign) == ErrorCode::not_found);
  CHECK(backend.usage("acme").images == 0);
  CHECK(create_with(own, own) == std::nullopt);
}

TEST_CASE("An update writes every field except the id", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  auto record = create(backend, "acme", "pump.jpg");
  const auto old_public_key = record.public_key;
  const auto old_content = record.content;
  record.key = "valve.jpg";
  record.title = "Valve";
  record.folded_title = "valve";
  record.file_name = "v.jpg";
  record.sub_type = ImageSubType::scada_symbol;
  record.is_public = true;
  record.public_key = "another";
  record.operation_id = "later";
  record.updated_at = at(99);
  record.content = put(backend, "acme", "new bytes");
  record.descriptor = {"image/gif", 1, 2, 9, "etag"};
  record.frames = 1;
  record.has_alpha = false;
  record.previews = {sample_preview("preview", put(backend, "acme", "preview"))};

  const auto result = commit(backend, UpdateImage{record, 1, ChangeKind::replaced, {}});

  CHECK(result.outcome == ChangeOutcome::applied);
  CHECK(result.sequence == 2);
  record.revision = 2;
  CHECK(result.record == record);
  CHECK(backend.find("acme", "valve.jpg") == record);
  CHECK(backend.find("acme", "pump.jpg") == std::nullopt);
  CHECK(backend.find_public("another") == record);
  CHECK(backend.find_public(old_public_key) == std::nullopt);
  CHECK(backend.find_content("acme", "etag-of-" + old_content.to_string(), 5) == std::nullopt);
  CHECK(backend.find_content("acme", "etag", 9) == record);
  CHECK(backend.usage("acme").bytes == 9);
}

TEST_CASE("An update of an outdated revision is a conflict", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto before = create(backend, "acme", "pump.jpg");
  auto record = before;
  record.title = "New";

  CHECK(code_of([&] {
          commit(backend, UpdateImage{record, 7, ChangeKind::renamed, {}});
        }) == ErrorCode::conflict);
  CHECK(backend.find("acme", "pump.jpg") == before);
  CHECK(backend.changes_since(0, 10).sequence == 1);
}

TEST_CASE("An update of a removed image or another tenant's image is not found", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  auto record = create(backend, "acme", "pump.jpg");
  const auto update = [&] {
    return code_of([&] { commit(backend, UpdateImage{record, 1, ChangeKind::renamed, {}}); });
  };

  record.tenant = "other";
  CHECK(update() == ErrorCode::not_found);
  record.tenant = "acme";
  record.content = ContentId::make();
  CHECK(update() == ErrorCode::not_found);
  commit(backend, RemoveImage{"acme", record.id, {}, false});
  CHECK(update() == ErrorCode::not_found);
}

TEST_CASE("An update to a key or public key in use is a conflict", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto other = create(backend, "acme", "valve.jpg");
  auto record = create(backend, "acme", "pump.jpg");
  const auto update = [&](ImageRecord changed) {
    return code_of([&] { commit(backend, UpdateImage{changed, 2, ChangeKind::renamed, {}}); });
  };

  auto with_key = record;
  with_key.key = other.key;
  CHECK(update(with_key) == ErrorCode::conflict);
  auto with_public_key = record;
  with_public_key.public_key = other.public_key;
  CHECK(update(with_public_key) == ErrorCode::conflict);
  CHECK(backend.find("acme", "valve.jpg") == other);
  CHECK(backend.find("acme", "pump.jpg") == record);
}

TEST_CASE("Removing an image removes its uses and frees its key", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto record = create(backend, "acme", "pump.jpg");
  commit(backend, AttachUse{"acme", record.id, {"DASHBOARD", "1", "Main", "acme"}});

  const auto result = commit(backend, RemoveImage{"acme", record.id, {}, true});

  CHECK(result.outcome == ChangeOutcome::applied);
  CHECK(result.sequence == 3);
  CHECK(backend.find("acme", "pump.jpg") == std::nullopt);
  CHECK(backend.find_public(record.public_key) == std::nullopt);
  CHECK(backend.uses("acme", record.id).empty());
  CHECK(backend.usage("acme").images == 0);
  CHECK(backend.usage("acme").bytes == 0);
  CHECK(create(backend, "acme", "pump.jpg").key == "pump.jpg");
}

TEST_CASE("Removing reports images that are in use or not found", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto record = create(backend, "acme", "pump.jpg");
  commit(backend, AttachUse{"acme", record.id, {"DASHBOARD", "1", "Main", "acme"}});
  const auto remove = [&](const std::string& tenant, const ImageId& id) {
    return commit(backend, RemoveImage{tenant, id, {}, false});
  };

  const auto kept = remove("acme", record.id);
  CHECK(kept.outcome == ChangeOutcome::in_use);
  CHECK(kept.uses == backend.uses("acme", record.id));
  CHECK(remove("other", record.id).outcome == ChangeOutcome::not_found);
  CHECK(remove("acme", ImageId::make()).outcome == ChangeOutcome::not_found);
  CHECK(remove("acme", record.id).sequence == 0);
  CHECK(backend.find("acme", "pump.jpg") == record);
}

TEST_CASE("Removing an outdated revision is a conflict", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto record = create(backend, "acme", "pump.jpg");

  CHECK(code_of([&] {
          commit(backend, RemoveImage{"acme", record.id, 9, true});
        }) == ErrorCode::conflict);
  CHECK(backend.find("acme", "pump.jpg") == record);
  CHECK(commit(backend, RemoveImage{"acme", record.id, record.revision, false}).outcome ==
        ChangeOutcome::applied);
}

TEST_CASE("Uses are unique and sorted, and have their latest name", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto id = create(backend, "", "pump.jpg").id;
  const auto attach = [&](ImageUse use) {
    return commit(backend, AttachUse{"", id, std::move(use)}).outcome;
  };

  CHECK(attach({"DASHBOARD", "2", "Two", "acme"}) == ChangeOutcome::applied);
  CHECK(attach({"DASHBOARD", "10", "Ten", "acme"}) == ChangeOutcome::applied);
  CHECK(attach({"ASSET", "2", "", "zeta"}) == ChangeOutcome::applied);
  CHECK(attach({"ASSET", "2", "", "acme"}) == ChangeOutcome::applied);
  CHECK(attach({"DASHBOARD", "2", "Two", "acme"}) == ChangeOutcome::already_done);
  CHECK(attach({"DASHBOARD", "2", "Zwei", "acme"}) == ChangeOutcome::applied);

  CHECK(backend.uses("", id) == std::vector<ImageUse>{{"ASSET", "2", "", "acme"},
                                                      {"DASHBOARD", "10", "Ten", "acme"},
                                                      {"DASHBOARD", "2", "Zwei", "acme"},
                                                      {"ASSET", "2", "", "zeta"}});
}

TEST_CASE("A use can be attached only to an existing image", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto record = create(backend, "acme", "pump.jpg");
  const ImageUse use{"DASHBOARD", "1", "", "acme"};

  CHECK(code_of([&] {
          commit(backend, AttachUse{"acme", ImageId::make(), use});
        }) == ErrorCode::not_found);
  CHECK(code_of([&] {
          commit(backend, AttachUse{"other", record.id, use});
        }) == ErrorCode::not_found);
}

TEST_CASE("Detaching removes the use if there is one", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto id = create(backend, "acme", "pump.jpg").id;
  commit(backend, AttachUse{"acme", id, {"DASHBOARD", "1", "Main", "acme"}});
  const auto detach = [&](const std::string& entity) {
    return commit(backend, DetachUse{"acme", id, {"DASHBOARD", entity, "", "acme"}}).outcome;
  };

  CHECK(detach("2") == ChangeOutcome::already_done);
  CHECK(detach("1") == ChangeOutcome::applied);
  CHECK(detach("1") == ChangeOutcome::already_done);
  CHECK(backend.uses("acme", id).empty());
  CHECK(commit(backend, DetachUse{"acme", ImageId::make(), {}}).outcome ==
        ChangeOutcome::already_done);
}

TEST_CASE("Changes that do not affect the record keep its revision", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto record = create(backend, "acme", "pump.jpg");

  commit(backend, AttachUse{"acme", record.id, {"DASHBOARD", "1", "Main", "acme"}});
  commit(backend, DetachUse{"acme", record.id, {"DASHBOARD", "1", "Main", "acme"}});
  commit(backend, SetTenantLimits{"acme", {}});

  CHECK(backend.find("acme", "pump.jpg")->revision == record.revision);
}

}  // namespace
}  // namespace imagegallery::conformance
