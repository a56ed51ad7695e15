// SPDX-License-Identifier: Apache-2.0
#include "gallery/gallery_fixture.hpp"
#include "support/error_recorder.hpp"
#include "support/failing_storage.hpp"

using namespace imagegallery;

namespace {

struct ReportingGallery {
  explicit ReportingGallery(GalleryOptions options = {})
      : gallery(std::make_unique<FailingStorage>(memory, faults), with_sink(std::move(options))) {}

  GalleryOptions with_sink(GalleryOptions options) const {
    options.on_error = errors.sink();
    return options;
  }

  ImageInfo upload(const std::string& name, std::uint32_t seed = 1) {
    return gallery.upload(
        acme, Upload::from_bytes(make_test_png(400, 300, seed, true), {.file_name = name}));
  }

  ErrorRecorder errors;
  std::shared_ptr<StorageBackend> memory = open_memory();
  std::shared_ptr<StorageFaults> faults = std::make_shared<StorageFaults>();
  ImageGallery gallery;
  Principal acme = Principal::tenant_admin("acme", "ann");
};

const Error broken{ErrorCode::storage_failure, "broken"};

}  // namespace

TEST_CASE("What on_event throws is reported and undoes nothing", "[error]") {
  ReportingGallery f{{.on_event = [](const Event&) { throw std::runtime_error{"no listener"}; }}};
  const auto info = f.upload("a.png");
  CHECK(f.errors.only() ==
        RecordedReport{"on_event", "other", "on_event", "acme", "a.png", "no listener"});
  CHECK(f.gallery.find(f.acme, info.ref));
}

TEST_CASE("An on_event that throws something odd is reported, and the next image's event arrives",
          "[error]") {
  int calls = 0;
  ReportingGallery f{{.on_event = [&](const Event&) {
    ++calls;
    throw 42;
  }}};
  const auto a = f.upload("a.png", 1);
  const auto b = f.upload("b.png", 2);
  (void)f.errors.take();
  f.gallery.remove(f.acme, std::vector{a.ref, b.ref});
  CHECK(calls == 4);
  const auto reports = f.errors.take();
  REQUIRE(reports.size() == 2);
  CHECK(reports[0].key == "a.png");
  CHECK(reports[1].key == "b.png");
  CHECK(reports[1].code == "other");
}

TEST_CASE("Content of a failed upload that cannot be dropped is reported", "[error]") {
  ReportingGallery f;
  f.faults->before = [](std::string_view call) {
    if (call == "commit") throw Error{ErrorCode::conflict, "no"};
    if (call == "drop_content") throw Error{broken};
  };
  CHECK(code_of([&] { f.upload("a.png"); }) == ErrorCode::conflict);
  const auto reports = f.errors.take();
  REQUIRE_FALSE(reports.empty());
  for (const auto& report : reports) {
    CHECK(report.source == "storage");
    CHECK(report.code == "storage_failure");
    CHECK(report.operation == "drop_content");
    CHECK(report.message == "broken");
  }
}

TEST_CASE("A failure to read changes after a commit is reported, and the change is made",
          "[error]") {
  ReportingGallery f;
  const auto info = f.upload("a.png");
  f.faults->before = failing_in("changes_since", broken);
  CHECK(f.gallery.rename(f.acme, info.ref, "new").title == "new");
  const auto reports = f.errors.take();
  REQUIRE_FALSE(reports.empty());
  CHECK(reports.front() ==
        RecordedReport{"storage", "storage_failure", "changes_since", "", "", "broken"});
}

TEST_CASE("A damaged duplicate that an upload passes over is reported", "[error]") {
  ReportingGallery f;
  f.upload("a.png");
  f.faults->before = failing_in("read_at", Error{ErrorCode::corrupt_data, "checksum"});
  f.upload("b.png");
  CHECK(f.errors.only() ==
        RecordedReport{"storage", "corrupt_data", "read_at", "acme", "a.png", "checksum"});
}

TEST_CASE("Damage that a verification finds is reported for its image", "[error]") {
  ReportingGallery f;
  f.upload("a.png");
  f.faults->before = [](std::string_view call) {
    if (call == "read_at" || call == "verify_at") {
      throw Error{ErrorCode::corrupt_data, "checksum"};
    }
  };
  CHECK_FALSE(f.gallery.verify().damage.empty());
  const auto reports = f.errors.take();
  REQUIRE_FALSE(reports.empty());
  CHECK(reports.front().source == "upkeep");
  CHECK(reports.front().code == "corrupt_data");
  CHECK(reports.front().operation == "verify");
  CHECK(reports.front().tenant == "acme");
  CHECK(reports.front().key == "a.png");
}

TEST_CASE("An image whose previews cannot be rebuilt is reported", "[error]") {
  ReportingGallery before;
  before.upload("a.png");
  ErrorRecorder errors;
  ImageGallery after(std::make_unique<FailingStorage>(before.memory, before.faults),
                     {.presets = {{"preview", 100}}, .on_error = errors.sink()});
  before.faults->before = failing_in("read_at", Error{ErrorCode::corrupt_data, "checksum"});
  CHECK(after.rebuild_previews() == 0);
  CHECK(errors.only() ==
        RecordedReport{"upkeep", "corrupt_data", "rebuild_previews", "acme", "a.png", "checksum"});
}

TEST_CASE("A disk that is full while previews are rebuilt ends the rebuild", "[error]") {
  ReportingGallery before;
  before.upload("a.png");
  ImageGallery after(std::make_unique<FailingStorage>(before.memory, before.faults),
                     {.presets = {{"preview", 100}}});
  for (const auto code : {ErrorCode::storage_full, ErrorCode::read_only}) {
    before.faults->before = failing_in("put_content", Error{code, "no"});
    CHECK(code_of([&] { after.rebuild_previews(); }) == code);
  }
}

TEST_CASE("What on_error throws is ignored", "[error]") {
  GalleryOptions options{.on_event = [](const Event&) { throw std::runtime_error{"listener"}; },
                         .on_error = [](const ErrorReport&) { throw std::runtime_error{"log"}; }};
  ImageGallery gallery(open_memory(), options);
  const auto acme = Principal::tenant_admin("acme");
  CHECK_NOTHROW(gallery.upload(acme, Upload::from_bytes(make_test_png(20, 10, 1))));
}

TEST_CASE("Reports are counted by source and code, also without on_error", "[error]") {
  ImageGallery gallery(open_memory(),
                       {.on_event = [](const Event&) { throw std::runtime_error{"no"}; }});
  const auto acme = Principal::tenant_admin("acme");
  CHECK(gallery.stats().errors.empty());
  gallery.upload(acme, Upload::from_bytes(make_test_png(20, 10, 1), {.file_name = "a.png"}));
  gallery.upload(acme, Upload::from_bytes(make_test_png(20, 10, 2), {.file_name = "b.png"}));
  try {
    throw Error{ErrorCode::storage_full, "no room"};
  } catch (const Error&) {
    gallery.error_sink()(ErrorReport::of_current(ErrorSource::transport, "spool"));
  }
  CHECK(gallery.stats().errors ==
        std::vector<ErrorCount>{{ErrorSource::on_event, {}, 2},
                                {ErrorSource::transport, ErrorCode::storage_full, 1}});
}

TEST_CASE("A report holds the exception, with its codes, and costs no memory", "[error]") {
  std::exception_ptr held;
  int native = 0;
  GalleryOptions options{.on_error = [&](const ErrorReport& report) {
    held = report.exception;
    REQUIRE(report.error != nullptr);
    native = report.error->native_code();
  }};
  ImageGallery gallery(open_memory(), options);
  try {
    throw Error{ErrorCode::storage_failure, "broken"}.with_native(10, 5);
  } catch (const Error&) {
    gallery.error_sink()(ErrorReport::of_current(ErrorSource::transport, "spool"));
  }
  CHECK(native == 10);
  CHECK_THROWS_AS(std::rethrow_exception(held), Error);
}

TEST_CASE("An error sink outlives its gallery and then does nothing", "[error]") {
  ErrorRecorder errors;
  ErrorSink sink;
  {
    const ImageGallery gallery(open_memory(), {.on_error = errors.sink()});
    sink = gallery.error_sink();
    sink({.source = ErrorSource::transport});
    CHECK(errors.take().size() == 1);
  }
  sink({.source = ErrorSource::transport});
  CHECK(errors.take().empty());
}

TEST_CASE("A problem of the storage's status is reported once while it lasts", "[error]") {
  ReportingGallery f;
  CHECK_FALSE(f.gallery.sweep());
  CHECK(f.errors.take().empty());

  f.faults->status.problem = Error{ErrorCode::busy, "a reader keeps the log at 100 MB"};
  f.gallery.sweep();
  CHECK(f.errors.only() ==
        RecordedReport{"storage", "busy", "status", "", "", "a reader keeps the log at 100 MB"});
  f.faults->status.problem = Error{ErrorCode::busy, "a reader keeps the log at 200 MB"};
  f.gallery.sweep();
  (void)f.gallery.check_health();
  CHECK(f.errors.take().empty());

  f.faults->status.problem = Error{ErrorCode::storage_failure, "a checkpoint failed"};
  f.gallery.sweep();
  CHECK(f.errors.only().message == "a checkpoint failed");
  f.faults->status.problem = Error{ErrorCode::busy, "a reader keeps the log at 300 MB"};
  f.gallery.sweep();
  CHECK(f.errors.take().empty());

  f.faults->status.problem.reset();
  f.gallery.sweep();
  f.faults->status.problem = Error{ErrorCode::busy, "a reader keeps the log at 100 MB"};
  f.gallery.sweep();
  CHECK(f.errors.take().size() == 1);
}
