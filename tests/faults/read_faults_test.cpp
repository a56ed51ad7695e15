// SPDX-License-Identifier: Apache-2.0
// A read of the disk that goes wrong once costs no image.
#include "faulty_disk.hpp"

#include <imagegallery/gallery.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "catch.hpp"
#include "error_code.hpp"
#include "sample_images.hpp"
#include "storage/scratch_directory.hpp"
#include "support/test_image.hpp"

namespace imagegallery::faults {
namespace {

using conformance::code_of;
using conformance::create;
using conformance::sample_bytes;
using conformance::stored_bytes;

const Principal& acme() {
  static const auto principal = Principal::tenant_admin("acme");
  return principal;
}

// A file with two images; the larger one has several chunks. To be copied for each trial.
class Prepared {
 public:
  Prepared() {
    ImageGallery gallery{open_sqlite(prepared_)};
    for (const auto& [name, bytes] : images()) {
      gallery.upload(acme(), Upload::from_bytes(bytes, {.file_name = name}));
    }
  }

  static const std::vector<std::pair<std::string, Bytes>>& images() {
    static const std::vector<std::pair<std::string, Bytes>> all{
        {"small.png", make_test_png(300, 200, 1)}, {"large.png", make_test_png(900, 700, 2, true)}};
    return all;
  }

  [[nodiscard]] std::filesystem::path copy() const {
    std::filesystem::copy_file(prepared_, path_, std::filesystem::copy_options::overwrite_existing);
    return path_;
  }

 private:
  const ScratchDirectory directory_;
  const std::filesystem::path prepared_ = directory_.path() / "prepared.db";
  const std::filesystem::path path_ = directory_.path() / "trial.db";
};

void check_images(const ImageGallery& gallery) {
  for (const auto& [name, bytes] : Prepared::images()) {
    const ImageRef ref{Scope::tenant, name};
    CHECK((gallery.read(acme(), ref).bytes() == bytes));
    CHECK(!gallery.read(acme(), ref, {.variant = Variant::preview}).bytes().empty());
  }
}

TEST_CASE("Verifying with one read of the disk gone wrong quarantines nothing", "[faults]") {
  const auto fault = GENERATE(DiskFault::io_error, DiskFault::corrupt_fs, DiskFault::wrong_byte);
  const Prepared prepared;
  int verified = 0;
  bool triggered = true;
  for (std::uint64_t nth = 1; triggered; ++nth) {
    CAPTURE(fault, nth);
    FaultyDisk disk;
    ImageGallery gallery{disk.open(prepared.copy())};
    const auto sequence = gallery.changes_since(0).sequence;
    disk.arm(DiskCall::read, fault, nth, false);
    const auto code = code_of([&] {
      const auto report = gallery.verify();
      CHECK(report.damage.empty());
      CHECK(report.images == 2);
      ++verified;
    });
    triggered = disk.triggered();
    disk.disarm();

    // Only reading the records may fail, and only as what it is.
    if (code) CHECK(*code == ErrorCode::storage_failure);
    if (fault == DiskFault::wrong_byte) CHECK(code == std::nullopt);
    check_images(gallery);
    CHECK(gallery.verify().damage.empty());
    CHECK(gallery.changes_since(0).sequence == sequence);
    REQUIRE(nth < 1000);
  }
  CHECK(verified > 10);
}

TEST_CASE("A read with one wrong byte returns the right bytes, and no cache keeps it", "[faults]") {
  const Prepared prepared;
  std::uint64_t nth = 1;
  for (bool triggered = true; triggered; ++nth) {
    CAPTURE(nth);
    FaultyDisk disk;
    ImageGallery gallery{disk.open(prepared.copy())};
    disk.arm(DiskCall::read, DiskFault::wrong_byte, nth, false);
    check_images(gallery);
    triggered = disk.triggered();
    disk.disarm();
    check_images(gallery);
    REQUIRE(nth < 1000);
  }
  CHECK(nth > 10);
}

TEST_CASE("A change with one wrong byte read works when it is repeated", "[faults]") {
  const Prepared prepared;
  std::uint64_t nth = 1;
  for (bool triggered = true; triggered; ++nth) {
    CAPTURE(nth);
    FaultyDisk disk;
    const auto storage = disk.open(prepared.copy());
    disk.arm(DiskCall::read, DiskFault::wrong_byte, nth, false);
    const auto code = code_of([&] { create(*storage, "acme", "new.png"); });
    triggered = disk.triggered();
    disk.disarm();
    if (code) CHECK(*code == ErrorCode::corrupt_data);
    CHECK(storage->find("acme", "new.png").has_value() == !code);
    CHECK(create(*storage, "acme", "again.png").key == "again.png");
    REQUIRE(nth < 1000);
  }
  CHECK(nth > 2);
}

TEST_CASE("An I/O error is a storage failure with its native codes, whatever SQLite calls it",
          "[faults]") {
  const auto fault = GENERATE(DiskFault::io_error, DiskFault::corrupt_fs);
  const Prepared prepared;
  FaultyDisk disk;
  const auto storage = disk.open(prepared.copy());
  const auto record = *storage->find("acme", "large.png");
  disk.arm(DiskCall::read, fault, 1, true);
  try {
    (void)stored_bytes(*storage, record.content);
    FAIL("the fault had no effect");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::storage_failure);
    CHECK(error.native_code() ==
          (fault == DiskFault::corrupt_fs ? SQLITE_IOERR_CORRUPTFS : SQLITE_IOERR_READ));
    CHECK(error.system_error() == EIO);
  }
  disk.disarm();
  CHECK((stored_bytes(*storage, record.content) == Prepared::images()[1].second));
}

TEST_CASE("Damaged content opens no connection for each read, and is read again once it is right",
          "[faults]") {
  const Prepared prepared;
  FaultyDisk disk;
  const auto storage = disk.open(prepared.copy(), {.max_readers = 1});
  const auto record = *storage->find("acme", "large.png");
  const auto read = [&] { return code_of([&] { (void)stored_bytes(*storage, record.content); }); };
  std::uint64_t nth = 1;
  for (; nth < 20; ++nth) {
    disk.arm(DiskCall::read, DiskFault::wrong_byte, nth, true);
    if (read() == ErrorCode::corrupt_data) break;
    disk.disarm();
  }
  REQUIRE(nth < 20);

  const auto opens = [&, before = disk.calls(DiskCall::open)] {
    return disk.calls(DiskCall::open) - before;
  };
  for (int i = 0; i < 60; ++i) CHECK(read() == ErrorCode::corrupt_data);
  CHECK(opens() == 0);
  // Some are still repeated, past the system's cache.
  for (int i = 0; i < 640; ++i) CHECK(read() == ErrorCode::corrupt_data);
  const auto opens_of_repeats = opens();
  CHECK(opens_of_repeats > 0);
  CHECK(opens_of_repeats <= 40);

  disk.disarm();
  CHECK((stored_bytes(*storage, record.content) == Prepared::images()[1].second));
  CHECK(opens() == opens_of_repeats);
}

TEST_CASE("Bytes that stay wrong are corrupt data", "[faults]") {
  const Prepared prepared;
  FaultyDisk disk;
  const auto storage = disk.open(prepared.copy());
  const auto record = *storage->find("acme", "large.png");
  // Chunks are read by runs of overflow pages; the tables around them stay right.
  std::uint64_t nth = 0;
  std::optional<ErrorCode> code;
  while (!code && ++nth < 20) {
    disk.arm(DiskCall::read, DiskFault::wrong_byte, nth, true);
    code = code_of([&] { (void)stored_bytes(*storage, record.content); });
  }
  disk.disarm();
  CHECK(code == ErrorCode::corrupt_data);
}

}  // namespace
}  // namespace imagegallery::faults
