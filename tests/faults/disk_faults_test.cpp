// SPDX-License-Identifier: Apache-2.0
#include "faulty_disk.hpp"

#include <imagegallery/error.hpp>
#include <imagegallery/storage/sqlite.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "catch.hpp"
#include "faulty_calls.hpp"
#include "sample_images.hpp"
#include "storage/scratch_directory.hpp"
#include "stored_state.hpp"

namespace imagegallery::faults {
namespace {

using conformance::at;
using conformance::commit;
using conformance::create;
using conformance::far_future;
using conformance::put;
using conformance::sample_bytes;
using conformance::sample_preview;
using conformance::sample_record;
using conformance::stored_bytes;

// An operation on a storage that contains "kept.jpg", acknowledged before.
struct Operation {
  std::string name;
  std::function<void(StorageBackend&)> prepare;
  std::function<void(StorageBackend&)> run;
  std::function<bool(StorageBackend&)> is_done;  // Completely; otherwise it had no effect.
};

const Bytes kept_bytes = sample_bytes(30'000, 7);

void keep_an_image(StorageBackend& storage) {
  auto record = sample_record("acme", "kept.jpg", put(storage, "acme", kept_bytes), 30'000);
  record.previews = {sample_preview("preview", put(storage, "acme", "preview"))};
  create(storage, record);
}

const std::vector<Operation>& operations() {
  static const auto content = ContentId::make();
  static const auto image = ImageId::make();
  static const auto prepare_image = [](StorageBackend& storage) {
    storage.put_content("acme", content, *make_source(sample_bytes(280'000)), at(0));
    auto record = sample_record("acme", "pump.jpg", content, 280'000);
    record.id = image;
    record.previews = {sample_preview("preview", put(storage, "acme", "old preview"))};
    create(storage, record);
  };
  static const auto never = [](StorageBackend&) { return false; };
  static const std::vector<Operation> all{
      {"put_content", [](StorageBackend&) {},
       [](StorageBackend& storage) {
         storage.put_content("acme", content, *make_source(sample_bytes(1'100'000)), at(0));
       },
       [](StorageBackend& storage) {
         try {
           return stored_bytes(storage, content) == sample_bytes(1'100'000);
         } catch (const Error& error) {
           REQUIRE(error.code() == ErrorCode::not_found);
           return false;
         }
       }},
      {"create",
       [](StorageBackend& storage) {
         storage.put_content("acme", content, *make_source(sample_bytes(280'000)), at(0));
       },
       [](StorageBackend& storage) {
         auto record = sample_record("acme", "pump.jpg", content, 280'000);
         record.previews = {sample_preview("preview", put(storage, "acme", "preview"))};
         create(storage, record);
       },
       [](StorageBackend& storage) {
         const auto record = storage.find("acme", "pump.jpg");
         return record && stored_bytes(storage, record->content) == sample_bytes(280'000) &&
                stored_bytes(storage, record->previews.at(0).content).size() == 7;
       }},
      {"replace", prepare_image,
       [](StorageBackend& storage) {
         auto record = *storage.find("acme", "pump.jpg");
         record.content = put(storage, "acme", "new bytes");
         record.descriptor.size = 9;
         commit(storage, UpdateImage{record, record.revision, ChangeKind::replaced, {}});
       },
       [](StorageBackend& storage) {
         const auto record = *storage.find("acme", "pump.jpg");
         return stored_bytes(storage, record.content).size() == 9;
       }},
      {"remove", prepare_image,
       [](StorageBackend& storage) {
         commit(storage, RemoveImage{"acme", image, {}, true});
       },
       [](StorageBackend& storage) { return !storage.find("acme", "pump.jpg"); }},
      {"batch", prepare_image,
       [](StorageBackend& storage) {
         const ImageUse use{"DASHBOARD", "1", "Main", "acme"};
         const std::vector<Change> changes{{AttachUse{"acme", image, use}, "", at(0)},
                                           {SetTenantLimits{"acme", {5, 6}}, "", at(0)},
                                           {QuarantineContent{"acme", content}, "", at(0)}};
         (void)storage.commit(changes);
       },
       [](StorageBackend& storage) {
         const bool done = storage.uses("acme", image).size() == 1;
         CHECK((storage.usage("acme").limits == TenantLimits{5, 6}) == done);
         return done;
       }},
      {"replace previews", prepare_image,
       [](StorageBackend& storage) {
         const auto preview = sample_preview("preview", put(storage, "acme", "new"));
         commit(storage, ReplacePreviews{"acme", content, {preview}});
       },
       [](StorageBackend& storage) {
         const auto record = *storage.find("acme", "pump.jpg");
         return stored_bytes(storage, record.previews.at(0).content).size() == 3;
       }},
      {"sweep",
       [](StorageBackend& storage) {
         prepare_image(storage);
         commit(storage, RemoveImage{"acme", image, {}, true});
       },
       [](StorageBackend& storage) { conformance::sweep_all(storage, far_future()); },
       [](StorageBackend& storage) { return !storage.sweep(far_future(), at(0)); }},
      {"drop_content",
       [](StorageBackend& storage) {
         storage.put_content("acme", content, *make_source(sample_bytes(280'000)), at(0));
       },
       [](StorageBackend& storage) { storage.drop_content(content); }, never},
      {"reads", prepare_image,
       [](StorageBackend& storage) {
         ListRequest request;
         request.tenant = "acme";
         request.count = 10;
         if (storage.list(request).size() != 2) throw std::logic_error("wrong list");
         if (storage.count(request) != 2) throw std::logic_error("wrong count");
         if (!storage.find("acme", "pump.jpg")) throw std::logic_error("not found");
         if (storage.changes_since(0, 10).events.size() != 2) throw std::logic_error("no changes");
         if (stored_bytes(storage, content) != sample_bytes(280'000)) {
           throw std::logic_error("wrong bytes");
         }
       },
       never}};
  return all;
}

struct Fault {
  std::string name;
  std::variant<DiskCall, SystemCall> call;
  std::variant<DiskFault, int> kind;  // Of the disk, or an error number.
  std::vector<ErrorCode> codes;       // What an operation may throw.
};

const std::vector<Fault>& all_faults() {
  using enum ErrorCode;
  static const std::vector<Fault> all{
      {"full disk", DiskCall::write, DiskFault::full, {storage_full}},
      {"write error", DiskCall::write, DiskFault::io_error, {storage_failure}},
      {"short write", DiskCall::write, DiskFault::short_write, {storage_failure}},
      {"sync error", DiskCall::sync, DiskFault::io_error, {storage_failure}},
      {"read error", DiskCall::read, DiskFault::io_error, {storage_failure}},
      {"truncate error", DiskCall::truncate, DiskFault::io_error, {storage_failure}},
      {"size error", DiskCall::size, DiskFault::io_error, {storage_failure}},
      {"open error", DiskCall::open, DiskFault::io_error, {storage_failure}},
      {"lock denied", SystemCall::lock, EAGAIN, {busy}},
      {"lock error", SystemCall::lock, EIO, {storage_failure, busy}},
      {"lock interrupted", SystemCall::lock, EINTR, {}},
      {"lock query error", SystemCall::query_lock, EIO, {storage_failure}},
      {"no descriptor", SystemCall::open, EMFILE, {storage_failure}},
      {"access denied", SystemCall::open, EACCES, {storage_failure, read_only, busy}},
      {"mapping error", SystemCall::map, ENOMEM, {storage_failure}},
      {"full disk for the index", SystemCall::grow, ENOSPC, {storage_full}},
      {"index truncate error", SystemCall::truncate, EIO, {storage_failure}}};
  return all;
}

// A disk and system calls that fail by plan.
class Faults {
 public:
  [[nodiscard]] std::unique_ptr<StorageBackend> open(const std::filesystem::path& path,
                                                     const SqliteOptions& options = {}) const {
    return disk_.open(path, options);
  }

  void arm(const Fault& fault, std::uint64_t nth, bool sticky) {
    if (const auto* const call = std::get_if<DiskCall>(&fault.call)) {
      disk_.arm(*call, std::get<DiskFault>(fault.kind), nth, sticky);
    } else {
      calls_.arm(std::get<SystemCall>(fault.call), std::get<int>(fault.kind), nth, sticky);
    }
    in_disk_ = std::holds_alternative<DiskCall>(fault.call);
  }

  void disarm() {
    disk_.disarm();
    calls_.disarm();
  }

  [[nodiscard]] bool triggered() const { return in_disk_ ? disk_.triggered() : calls_.triggered(); }

 private:
  FaultyDisk disk_;
  FaultyCalls calls_;
  bool in_disk_ = true;
};

// Whether the operation makes calls of that kind: then a test without any fault shows nothing. A
// storage opens its first reader on the first read; all else is open before.
bool must_occur(const Operation& operation, const Fault& fault) {
  const bool reads = operation.name == "reads";
  if (const auto* const call = std::get_if<DiskCall>(&fault.call)) {
    if (*call == DiskCall::write || *call == DiskCall::sync) return !reads;
    return *call == DiskCall::open ? reads : *call != DiskCall::truncate;
  }
  const auto call = std::get<SystemCall>(fault.call);
  if (call == SystemCall::grow || call == SystemCall::truncate) return false;
  return call == SystemCall::lock || reads;
}

bool opening_must_meet(const Fault& fault, bool exists) {
  const auto* const call = std::get_if<DiskCall>(&fault.call);
  if (call == nullptr) return true;
  const bool writes = *call == DiskCall::write || *call == DiskCall::sync;
  return *call != DiskCall::truncate && (!writes || !exists);
}

// EINTR for good would mean waiting for ever.
bool can_last(const Fault& fault) { return fault.kind != std::variant<DiskFault, int>{EINTR}; }

// Uploads are tested with every fault; other operations with every seventh one, unless
// IMAGEGALLERY_EVERY_FAULT is set (takes a few minutes).
std::uint64_t stride(const Operation& operation) {
  const bool every = std::getenv("IMAGEGALLERY_EVERY_FAULT") != nullptr;
  return every || operation.name == "put_content" || operation.name == "create" ? 1 : 7;
}

SqliteOptions small_log() {
  SqliteOptions options;
  options.checkpoint_bytes = 64u << 10;  // So that most operations run a checkpoint as well.
  options.busy_timeout = std::chrono::milliseconds{0};
  return options;
}

// Runs `action` and returns whether it succeeded. Only the fault's errors are allowed.
bool succeeds(const Fault& fault, const std::function<void()>& action) {
  try {
    action();
    return true;
  } catch (const Error& error) {
    CAPTURE(error.what());
    CHECK(std::count(fault.codes.begin(), fault.codes.end(), error.code()) == 1);
    return false;
  }
}

void check_kept(StorageBackend& storage) {
  const auto kept = storage.find("acme", "kept.jpg");
  REQUIRE(kept);
  CHECK((stored_bytes(storage, kept->content) == kept_bytes));
  CHECK(stored_bytes(storage, kept->previews.at(0).content).size() == 7);
}

TEST_CASE("An operation with a disk fault at any call is atomic and leaves the storage usable",
          "[faults]") {
  const auto operation = GENERATE(from_range(operations()));
  const auto fault = GENERATE(from_range(all_faults()));
  const bool sticky = GENERATE(false, true);
  if (sticky && !can_last(fault)) return;
  Faults faults;
  const ScratchDirectory directory;
  const auto prepared = directory.path() / "prepared.db";
  {
    const auto storage = faults.open(prepared);
    keep_an_image(*storage);
    operation.prepare(*storage);
  }

  std::uint64_t trials = 0;
  bool triggered = true;
  for (std::uint64_t nth = 1; triggered; nth += stride(operation)) {
    CAPTURE(operation.name, fault.name, sticky, nth);
    const auto path = directory.path() / "trial.db";
    std::filesystem::copy_file(prepared, path, std::filesystem::copy_options::overwrite_existing);
    bool succeeded = false;
    {
      const auto storage = faults.open(path, small_log());
      faults.arm(fault, nth, sticky);
      succeeded = succeeds(fault, [&] { operation.run(*storage); });
      faults.disarm();
      triggered = faults.triggered();
      if (!triggered) REQUIRE(succeeded);
      if (triggered) ++trials;

      const bool done = operation.is_done(*storage);
      if (succeeded && operation.name != "drop_content" && operation.name != "reads") CHECK(done);
      check_kept(*storage);
      // Without the fault everything works again at once.
      create(*storage, "other", "after.jpg");
      CHECK(operation.is_done(*storage) == done);
    }
    CHECK(find_inconsistencies(path) == std::vector<std::string>{});
    if (succeeded) continue;
    const auto storage = faults.open(path);
    check_kept(*storage);
    CHECK(storage->find("other", "after.jpg"));
  }
  if (must_occur(operation, fault)) CHECK(trials > 0);
}

TEST_CASE("A lock that another holds for a moment is waited for", "[faults]") {
  const auto operation = GENERATE(from_range(operations()));
  if (operation.name == "drop_content") return;  // It has no result.
  FaultyCalls calls;
  std::uint64_t denied = 0;
  for (std::uint64_t nth = 1;; ++nth) {
    CAPTURE(operation.name, nth);
    const ScratchDirectory directory;
    auto options = small_log();
    options.busy_timeout = std::chrono::hours{1};
    const auto storage = open_sqlite(directory.path() / "gallery.db", options);
    keep_an_image(*storage);
    operation.prepare(*storage);

    calls.arm(SystemCall::lock, EAGAIN, nth, false);
    operation.run(*storage);
    calls.disarm();
    if (!calls.triggered()) break;
    ++denied;
    if (operation.name != "reads") CHECK(operation.is_done(*storage));
  }
  CHECK(denied > 0);
}

TEST_CASE("A disk fault on creating or opening a storage is an error, and a retry succeeds",
          "[faults]") {
  const bool exists = GENERATE(false, true);
  const auto fault = GENERATE(from_range(all_faults()));
  const bool sticky = GENERATE(false, true);
  if (sticky && !can_last(fault)) return;
  Faults faults;

  std::uint64_t trials = 0;
  bool triggered = true;
  for (std::uint64_t nth = 1; triggered; ++nth) {
    CAPTURE(exists, fault.name, sticky, nth);
    const ScratchDirectory directory;
    const auto path = directory.path() / "gallery.db";
    if (exists) keep_an_image(*faults.open(path));

    faults.arm(fault, nth, sticky);
    const bool succeeded = succeeds(fault, [&] { (void)faults.open(path, small_log()); });
    faults.disarm();
    triggered = faults.triggered();
    if (!triggered) REQUIRE(succeeded);
    if (triggered) ++trials;

    {
      const auto storage = faults.open(path);
      if (exists) check_kept(*storage);
      create(*storage, "other", "after.jpg");
    }
    CHECK(find_inconsistencies(path) == std::vector<std::string>{});
    REQUIRE(nth < 2000);
  }
  CAPTURE(exists, fault.name, sticky);
  if (opening_must_meet(fault, exists)) CHECK(trials > 0);
}

TEST_CASE("A full disk is reported with a clear message", "[faults]") {
  FaultyDisk disk;
  const ScratchDirectory directory;
  const auto storage = disk.open(directory.path() / "gallery.db");
  disk.arm(DiskCall::write, DiskFault::full, 1, true);

  std::string message;
  try {
    put(*storage, "acme", "bytes");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::storage_full);
    message = error.what();
  }

  CHECK_THAT(message, ContainsSubstring("gallery.db") && ContainsSubstring("full"));
}

}  // namespace
}  // namespace imagegallery::faults
