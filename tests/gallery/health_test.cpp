// SPDX-License-Identifier: Apache-2.0
#include "gallery/gallery_fixture.hpp"
#include "support/error_recorder.hpp"
#include "support/failing_storage.hpp"

using namespace imagegallery;

namespace {

struct WatchedGallery {
  WatchedGallery()
      : gallery(std::make_unique<FailingStorage>(open_memory(), faults),
                {.on_error = errors.sink(), .now = [this] { return now(); }}) {
    info = upload(1);
  }

  Time now() const {
    if (clock_fails) throw std::runtime_error{"no clock"};
    return time;
  }

  ImageInfo upload(std::uint32_t seed) {
    return gallery.upload(acme, Upload::from_bytes(make_test_png(20, 10, seed)));
  }

  void rename(const std::string& title) { gallery.rename(acme, info.ref, title); }

  void fail(std::string_view call, ErrorCode code) {
    faults->before = failing_in(call, Error{code, "/srv/secret/gallery.db: failed"});
  }
  void mend() { faults->before = nullptr; }

  Time time{std::chrono::milliseconds{1'700'000'000'000}};
  bool clock_fails = false;
  ErrorRecorder errors;
  std::shared_ptr<StorageFaults> faults = std::make_shared<StorageFaults>();
  ImageGallery gallery;
  Principal acme = Principal::tenant_admin("acme");
  ImageInfo info;
};

}  // namespace

TEST_CASE("A gallery that can write is healthy", "[health]") {
  WatchedGallery f;
  CHECK(f.gallery.health() == GalleryHealth{});
  CHECK(f.gallery.check_health() == GalleryHealth{});
  CHECK(f.errors.take().empty());
}

TEST_CASE("A failing write makes the gallery unhealthy, the next success healthy again",
          "[health]") {
  for (const auto code :
       {ErrorCode::storage_failure, ErrorCode::read_only, ErrorCode::corrupt_data}) {
    WatchedGallery f;
    f.fail("commit", code);
    CHECK(code_of([&] { f.rename("b"); }) == code);
    f.time += std::chrono::seconds{5};
    CHECK(code_of([&] { f.rename("b"); }) == code);
    const auto health = f.gallery.health();
    CHECK_FALSE(health.healthy);
    CHECK(health.code == code);
    CHECK_FALSE(health.reason.empty());
    CHECK_THAT(health.reason, !ContainsSubstring("/srv"));
    CHECK(health.since == f.time - std::chrono::seconds{5});
    f.mend();
    f.rename("b");
    CHECK(f.gallery.health() == GalleryHealth{});
  }
}

TEST_CASE("Each kind of write that fails makes the gallery unhealthy", "[health]") {
  for (const auto* call : {"put_content", "commit", "sweep"}) {
    CAPTURE(call);
    WatchedGallery f;
    f.fail(call, ErrorCode::storage_failure);
    CHECK_THROWS_AS((f.upload(2), f.gallery.sweep()), Error);
    CHECK_FALSE(f.gallery.health().healthy);
  }
  WatchedGallery f;
  f.faults->before = [](std::string_view call) {
    if (call == "commit") throw Error{ErrorCode::conflict, "no"};
    if (call == "drop_content") throw Error{ErrorCode::read_only, "no"};
  };
  CHECK_THROWS_AS(f.upload(2), Error);
  CHECK(f.gallery.health().code == ErrorCode::read_only);
}

TEST_CASE("A failed read, a full quota or a lock says nothing about writes", "[health]") {
  WatchedGallery f;
  f.fail("find", ErrorCode::storage_failure);
  CHECK_THROWS_AS(f.gallery.find(f.acme, f.info.ref), Error);
  for (const auto code : {ErrorCode::limit_exceeded, ErrorCode::conflict, ErrorCode::busy}) {
    f.fail("commit", code);
    CHECK_THROWS_AS(f.upload(2), Error);
  }
  CHECK(f.gallery.health().healthy);
}

TEST_CASE("A source that cannot be read says nothing about the storage", "[health]") {
  class Unreadable final : public ByteSource {
   public:
    explicit Unreadable(int reads_left) : reads_left_(reads_left) {}
    std::uint64_t size() const override { return bytes_.size(); }
    std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
      if (--reads_left_ < 0) throw Error(ErrorCode::storage_failure, "the upload was lost");
      return make_view_source(bytes_)->read_at(offset, into);
    }

   private:
    Bytes bytes_ = make_test_png(20, 10, 9);
    mutable int reads_left_;
  };
  WatchedGallery f;
  bool stored = false;
  for (int reads = 0; !stored; ++reads) {
    try {
      f.gallery.upload(f.acme, Upload::from_source(std::make_shared<Unreadable>(reads)));
      stored = true;
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::storage_failure);
    }
    CHECK(f.gallery.health().healthy);
    REQUIRE(reads < 1000);
  }
}

TEST_CASE("On a full disk, only a write that needs room proves that there is room", "[health]") {
  WatchedGallery f;
  f.fail("put_content", ErrorCode::storage_full);
  CHECK(code_of([&] { f.upload(2); }) == ErrorCode::storage_full);
  f.rename("b");
  CHECK(f.gallery.health().code == ErrorCode::storage_full);
  f.mend();
  f.upload(2);
  CHECK(f.gallery.health().healthy);
}

TEST_CASE("A change that stores nothing does not make the gallery healthy", "[health]") {
  WatchedGallery f;
  f.gallery.attach(f.acme, f.info.ref, {.entity_type = "D", .entity_id = "1", .name = "n"});
  f.fail("commit", ErrorCode::storage_failure);
  CHECK_THROWS_AS(f.rename("b"), Error);
  f.mend();
  f.gallery.detach(f.acme, f.info.ref, {.entity_type = "D", .entity_id = "2", .name = "n"});
  CHECK_FALSE(f.gallery.health().healthy);
}

TEST_CASE("A check finds that the storage fails, and that it works again", "[health]") {
  WatchedGallery f;
  f.fail("check_write", ErrorCode::read_only);
  CHECK(f.gallery.check_health().code == ErrorCode::read_only);
  CHECK(f.errors.only() == RecordedReport{"storage", "read_only", "check_health", "", "",
                                          "/srv/secret/gallery.db: failed"});
  for (int i = 0; i < 10; ++i) CHECK_FALSE(f.gallery.check_health().healthy);
  CHECK(f.errors.take().empty());

  f.fail("check_write", ErrorCode::storage_full);
  CHECK(f.gallery.check_health().code == ErrorCode::storage_full);
  CHECK(f.errors.only().code == "storage_full");

  f.mend();
  CHECK(f.gallery.check_health() == GalleryHealth{});
  CHECK(f.errors.take().empty());

  f.fail("check_write", ErrorCode::read_only);
  CHECK_FALSE(f.gallery.check_health().healthy);
  CHECK(f.errors.take().size() == 1);
}

TEST_CASE("A check finds that the storage cannot be read", "[health]") {
  WatchedGallery f;
  f.fail("changes_since", ErrorCode::storage_failure);
  CHECK(f.gallery.check_health().code == ErrorCode::storage_failure);
  f.faults->before = failing_in("changes_since", std::runtime_error{"a backend's own"});
  CHECK(f.gallery.check_health().code == ErrorCode::storage_failure);
  f.mend();
  CHECK(f.gallery.check_health().healthy);
}

TEST_CASE("A check that finds the storage locked changes nothing", "[health]") {
  WatchedGallery f;
  f.fail("check_write", ErrorCode::busy);
  CHECK(f.gallery.check_health().healthy);
  f.fail("check_write", ErrorCode::read_only);
  (void)f.gallery.check_health();
  f.fail("check_write", ErrorCode::busy);
  CHECK(f.gallery.check_health().code == ErrorCode::read_only);
}

TEST_CASE("After a refused upload, the gallery is unhealthy until the disk has room", "[health]") {
  WatchedGallery f;
  f.faults->status.problem = Error{ErrorCode::storage_full, "less than the reserve is free"};
  CHECK(f.gallery.check_health().healthy);  // What was deleted may leave room for the next one.
  CHECK(f.errors.only().message == "less than the reserve is free");
  f.fail("put_content", ErrorCode::storage_full);
  CHECK_THROWS_AS(f.upload(2), Error);
  CHECK(f.gallery.check_health().code == ErrorCode::storage_full);
  CHECK(f.errors.take().empty());
  f.faults->status.problem.reset();
  CHECK(f.gallery.check_health().healthy);
}

TEST_CASE("Asking for the health calls no storage", "[health]") {
  WatchedGallery f;
  for (const bool healthy : {true, false}) {
    if (!healthy) {
      f.fail("commit", ErrorCode::storage_failure);
      CHECK_THROWS_AS(f.rename("b"), Error);
    }
    int calls = 0;
    f.faults->before = [&](std::string_view) { ++calls; };
    CHECK(f.gallery.health().healthy == healthy);
    CHECK(calls == 0);
  }
}

TEST_CASE("A clock that throws does not hide that the gallery is unhealthy", "[health]") {
  WatchedGallery f;
  f.fail("check_write", ErrorCode::read_only);
  f.clock_fails = true;
  const auto health = f.gallery.check_health();
  CHECK(health.code == ErrorCode::read_only);
  CHECK(health.since);
  const auto reports = f.errors.take();
  REQUIRE(reports.size() == 2);
  CHECK(reports[0] == RecordedReport{"clock", "other", "now", "", "", "no clock"});
  CHECK(reports[1].operation == "check_health");
}

TEST_CASE("The statistics have the sizes that the storage knows", "[health]") {
  WatchedGallery f;
  CHECK_FALSE(f.gallery.stats().log_bytes);
  CHECK_FALSE(f.gallery.stats().free_bytes);
  f.faults->status = {.log_bytes = 4096, .free_bytes = 0, .problem = {}};
  CHECK(f.gallery.stats().log_bytes == 4096u);
  CHECK(f.gallery.stats().free_bytes == 0u);
  f.fail("status", ErrorCode::storage_failure);
  CHECK_FALSE(f.gallery.stats().free_bytes);
  CHECK(f.errors.only().operation == "status");
}
