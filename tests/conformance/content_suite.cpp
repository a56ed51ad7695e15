// SPDX-License-Identifier: Apache-2.0
#include "storage_backend_suite.hpp"

#include <imagegallery/error.hpp>

#include <array>
#include <cstring>

#include "catch.hpp"
#include "error_code.hpp"
#include "sample_images.hpp"

namespace imagegallery::conformance {
namespace {

// A source that fails after 2 MiB.
class FailingSource final : public ByteSource {
 public:
  std::uint64_t size() const override { return 3u << 20; }
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    if (offset + into.size() > 2u << 20) throw Error(ErrorCode::broken_image, "source failed");
    return into.size();
  }
};

bool is_readable(const StorageBackend& backend, const ContentId& content) {
  std::byte byte{};
  const auto code = code_of([&] { (void)backend.read_at(content, 0, {&byte, 1}); });
  CHECK((code == std::nullopt || code == ErrorCode::not_found));
  return !code;
}

TEST_CASE("Content of any size is read back, whole and by range", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  const std::size_t size = GENERATE(as<std::size_t>(), 0, 1, 262'143, 262'144, 262'145, 1 << 20,
                                    (1 << 20) + 1, (3 << 20) - 7);
  CAPTURE(kind.name, size);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto bytes = sample_bytes(size);
  const auto content = put(backend, "acme", bytes);

  CHECK((stored_bytes(backend, content) == bytes));
  for (const std::size_t offset : {std::size_t{0}, std::size_t{1}, size / 2, size - size / 7, size,
                                   size + 1, size + (1 << 20)}) {
    for (const std::size_t length : {std::size_t{0}, std::size_t{1}, std::size_t{300'000}}) {
      Bytes into(length, std::byte{0x55});
      const auto expected = offset >= size ? 0 : std::min(length, size - offset);
      CAPTURE(offset, length);
      REQUIRE(backend.read_at(content, offset, into) == expected);
      CHECK((expected == 0 || std::memcmp(into.data(), bytes.data() + offset, expected) == 0));
    }
  }
}

TEST_CASE("A content id that is in use is a conflict", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto content = put(backend, "acme", "first");

  CHECK(code_of([&] {
          backend.put_content("acme", content, *make_source(std::string{"second"}), at(0));
        }) == ErrorCode::conflict);
  CHECK(code_of([&] {
          backend.put_content("other", content, *make_source(std::string{"second"}), at(0));
        }) == ErrorCode::conflict);
  CHECK(stored_bytes(backend, content).size() == 5);
}

TEST_CASE("An error of a source is propagated, and no content is stored", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto content = ContentId::make();

  CHECK(code_of([&] { backend.put_content("acme", content, FailingSource{}, at(0)); }) ==
        ErrorCode::broken_image);
  CHECK_FALSE(is_readable(backend, content));
  auto record = sample_record("acme", "pump.jpg", content);
  CHECK(code_of([&] {
          commit(backend, CreateImage{record, false, "spare", {}});
        }) == ErrorCode::not_found);
  sweep_all(backend, far_future());
  backend.put_content("acme", content, *make_source(std::string{"again"}), at(0));
  CHECK(is_readable(backend, content));
}

TEST_CASE("Content that was never stored is not found", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();

  CHECK_FALSE(is_readable(storage->backend(), ContentId::make()));
}

TEST_CASE("The sweep deletes content unused for longer than the grace period", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto abandoned = put(backend, "acme", "abandoned", at(10));
  const auto recent = put(backend, "acme", "recent", at(11));
  const auto held = put(backend, "acme", "bytes", at(0));
  create(backend, sample_record("acme", "held.jpg", held));

  sweep_all(backend, at(10));
  CHECK(is_readable(backend, abandoned));
  sweep_all(backend, at(11));
  CHECK_FALSE(is_readable(backend, abandoned));
  CHECK(is_readable(backend, recent));
  sweep_all(backend, far_future());
  CHECK_FALSE(is_readable(backend, recent));
  CHECK(is_readable(backend, held));
}

TEST_CASE("Removed content stays readable until the sweep; its grace period starts at the removal",
          "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  auto record = sample_record("acme", "pump.jpg", put(backend, "acme", "bytes", at(0)));
  const auto preview = put(backend, "acme", "preview", at(0));
  record.previews = {sample_preview("preview", preview)};
  record = create(backend, record);

  commit(backend, RemoveImage{"acme", record.id, {}, false}, at(50));

  sweep_all(backend, at(50));
  CHECK(is_readable(backend, record.content));
  CHECK(is_readable(backend, preview));
  sweep_all(backend, at(51));
  CHECK_FALSE(is_readable(backend, record.content));
  CHECK_FALSE(is_readable(backend, preview));
}

TEST_CASE("Replaced content stays readable until the sweep", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto before = create(backend, "acme", "pump.jpg");
  auto record = before;
  record.content = put(backend, "acme", "new", at(20));
  commit(backend, UpdateImage{record, 1, ChangeKind::replaced, {}}, at(20));

  CHECK(is_readable(backend, before.content));
  sweep_all(backend, at(21));
  CHECK_FALSE(is_readable(backend, before.content));
  CHECK(is_readable(backend, record.content));
}

TEST_CASE("Shared content is stored until its last image is removed", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto content = put(backend, "acme", "bytes");
  const auto first = create(backend, sample_record("acme", "a.jpg", content));
  const auto second = create(backend, sample_record("acme", "b.jpg", content));

  commit(backend, RemoveImage{"acme", first.id, {}, false}, at(1));
  sweep_all(backend, far_future());
  CHECK(is_readable(backend, content));
  commit(backend, RemoveImage{"acme", second.id, {}, false}, at(2));
  sweep_all(backend, far_future());
  CHECK_FALSE(is_readable(backend, content));
}

TEST_CASE("Content that is reused before the sweep is not deleted", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  auto record = sample_record("acme", "pump.jpg", put(backend, "acme", "bytes"));
  const auto preview = put(backend, "acme", "preview");
  record.previews = {sample_preview("preview", preview)};
  record = create(backend, record);
  commit(backend, RemoveImage{"acme", record.id, {}, false}, at(1));

  const auto again = create(backend, sample_record("acme", "again.jpg", record.content));

  CHECK(again.previews == record.previews);
  sweep_all(backend, far_future());
  CHECK(is_readable(backend, record.content));
  CHECK(is_readable(backend, preview));
}

TEST_CASE("Images that share content share its previews", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto content = put(backend, "acme", "bytes");
  auto record = sample_record("acme", "a.jpg", content);
  record.previews = {sample_preview("preview", put(backend, "acme", "preview"))};
  create(backend, record);
  const auto second = create(backend, sample_record("acme", "b.jpg", content));
  CHECK(second.previews == record.previews);

  const std::vector previews{sample_preview("small", put(backend, "acme", "small")),
                             sample_preview("large", content)};
  CHECK(commit(backend, ReplacePreviews{"acme", content, previews}).outcome ==
        ChangeOutcome::applied);

  CHECK(backend.find("acme", "a.jpg")->previews == previews);
  CHECK(backend.find("acme", "b.jpg")->previews == previews);
}

TEST_CASE("Replaced previews are swept, kept ones are not", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto dropped = put(backend, "acme", "dropped");
  const auto kept = put(backend, "acme", "kept");
  auto record = sample_record("acme", "a.jpg", put(backend, "acme", "bytes"));
  record.previews = {sample_preview("preview", dropped), sample_preview("card", kept)};
  create(backend, record);

  commit(
      backend,
      ReplacePreviews{
          "acme", record.content, {sample_preview("preview", kept), sample_preview("card", kept)}},
      at(30));

  sweep_all(backend, at(30));
  CHECK(is_readable(backend, dropped));
  sweep_all(backend, at(31));
  CHECK_FALSE(is_readable(backend, dropped));
  CHECK(is_readable(backend, kept));
  commit(backend, RemoveImage{"acme", record.id, {}, false}, at(40));
  sweep_all(backend, far_future());
  CHECK_FALSE(is_readable(backend, kept));
}

TEST_CASE("An original that is its own preview is swept", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  auto record = sample_record("acme", "a.jpg", put(backend, "acme", "bytes"));
  record.previews = {sample_preview("preview", record.content)};
  create(backend, record);

  commit(backend, RemoveImage{"acme", record.id, {}, false});
  sweep_all(backend, far_future());

  CHECK_FALSE(is_readable(backend, record.content));
}

TEST_CASE("Previews can be replaced only for content that an image of the tenant uses",
          "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto unused = put(backend, "acme", "unused");
  const auto record = create(backend, "acme", "a.jpg");
  const auto replace = [&](const std::string& tenant, const ContentId& content) {
    return code_of([&] { commit(backend, ReplacePreviews{tenant, content, {}}); });
  };

  CHECK(replace("acme", unused) == ErrorCode::not_found);
  CHECK(replace("other", record.content) == ErrorCode::not_found);
  CHECK(replace("acme", ContentId::make()) == ErrorCode::not_found);
  CHECK(replace("acme", record.content) == std::nullopt);
  CHECK(code_of([&] {
          commit(backend,
                 ReplacePreviews{
                     "acme", record.content, {sample_preview("preview", ContentId::make())}});
        }) == ErrorCode::not_found);
}

TEST_CASE("Quarantined content cannot be read", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  auto record = sample_record("acme", "a.jpg", put(backend, "acme", "bytes"));
  const auto preview = put(backend, "acme", "preview");
  record.previews = {sample_preview("preview", preview)};
  create(backend, record);
  const auto read = [&](const ContentId& content, std::uint64_t offset) {
    std::array<std::byte, 2> into{};
    return code_of([&] { (void)backend.read_at(content, offset, into); });
  };

  CHECK(commit(backend, QuarantineContent{"acme", record.content}).outcome ==
        ChangeOutcome::applied);
  CHECK(read(record.content, 0) == ErrorCode::corrupt_data);
  CHECK(read(record.content, 100) == ErrorCode::corrupt_data);
  CHECK(read(preview, 0) == std::nullopt);
  CHECK(backend.find_content("acme", record.descriptor.etag, 5) == std::nullopt);

  CHECK(commit(backend, QuarantineContent{"acme", preview}).outcome == ChangeOutcome::applied);
  CHECK(read(preview, 0) == ErrorCode::corrupt_data);
}

TEST_CASE("Only content that an image of the tenant uses can be quarantined", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto record = create(backend, "acme", "a.jpg");
  const auto unused = put(backend, "acme", "unused");
  const auto quarantine = [&](const std::string& tenant, const ContentId& content) {
    return code_of([&] { commit(backend, QuarantineContent{tenant, content}); });
  };

  CHECK(quarantine("acme", unused) == ErrorCode::not_found);
  CHECK(quarantine("other", record.content) == ErrorCode::not_found);
  CHECK(quarantine("acme", ContentId::make()) == ErrorCode::not_found);
}

TEST_CASE("Content is found by ETag and size within its tenant while an image uses it",
          "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  auto record = sample_record("acme", "a.jpg", put(backend, "acme", "bytes"));
  record.descriptor.etag = "same";
  record.previews = {sample_preview("preview", put(backend, "acme", "preview"))};
  record = create(backend, record);

  CHECK(backend.find_content("acme", "same", 5) == record);
  CHECK(backend.find_content("acme", "same", 6) == std::nullopt);
  CHECK(backend.find_content("acme", "other", 5) == std::nullopt);
  CHECK(backend.find_content("other", "same", 5) == std::nullopt);
  CHECK(backend.find_content("", "same", 5) == std::nullopt);
  commit(backend, RemoveImage{"acme", record.id, {}, false});
  CHECK(backend.find_content("acme", "same", 5) == std::nullopt);
}

TEST_CASE("Unused content can be dropped at once", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto large = sample_bytes(20 << 20);
  const auto content = put(backend, "acme", large);

  backend.drop_content(content);

  CHECK_FALSE(is_readable(backend, content));
  CHECK_FALSE(backend.sweep(far_future(), at(0)));
  backend.drop_content(content);
  backend.drop_content(ContentId::make());
  backend.put_content("acme", content, *make_source(std::string{"again"}), at(0));
  CHECK(stored_bytes(backend, content).size() == 5);
}

TEST_CASE("Content in use is not dropped", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  auto record = sample_record("acme", "a.jpg", put(backend, "acme", "bytes"));
  const auto preview = put(backend, "acme", "preview");
  record.previews = {sample_preview("preview", preview)};
  create(backend, record);

  backend.drop_content(record.content);
  backend.drop_content(preview);

  CHECK(is_readable(backend, record.content));
  CHECK(is_readable(backend, preview));
}

TEST_CASE("Content of a failed source can be dropped", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto content = ContentId::make();
  CHECK(code_of([&] { backend.put_content("acme", content, FailingSource{}, at(0)); }) ==
        ErrorCode::broken_image);

  backend.drop_content(content);

  backend.put_content("acme", content, *make_source(std::string{"again"}), at(0));
  CHECK(stored_bytes(backend, content).size() == 5);
}

TEST_CASE("Damaged bytes are never returned", "[conformance]") {
  const auto kind = GENERATE(from_range(backend_kinds()));
  CAPTURE(kind.name);
  if (!kind.traits.is_checked) return;
  const auto storage = kind.make();
  auto& backend = storage->backend();
  const auto content = put(backend, "acme", sample_bytes(600'000));

  storage->damage(content);

  Bytes into(600'000);
  CHECK(code_of([&] { (void)backend.read_at(content, 0, into); }) == ErrorCode::corrupt_data);
}

}  // namespace
}  // namespace imagegallery::conformance
