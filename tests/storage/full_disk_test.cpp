// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/error.hpp>
#include <imagegallery/gallery.hpp>
#include <imagegallery/storage/sqlite.hpp>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "catch.hpp"
#include "error_code.hpp"
#include "sample_images.hpp"
#include "storage/scratch_directory.hpp"

namespace imagegallery {
namespace {

using conformance::code_of;
using conformance::create;
using conformance::message_of;
using conformance::sample_bytes;

// A disk of that size, in memory. Tests that need one are skipped, in words, where it cannot be
// had.
class SmallDisk {
 public:
  explicit SmallDisk(const std::string& size) {
    mounted_ = ::mount("imagegallery-test", directory_.path().c_str(), "tmpfs", 0,
                       ("size=" + size).c_str()) == 0;
    if (!mounted_) WARN("not tested: a small file system cannot be mounted here");
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (mounted_) ::umount2(directory_.path().c_str(), MNT_DETACH);
  }

  [[nodiscard]] bool is_there() const noexcept { return mounted_; }
  [[nodiscard]] std::filesystem::path path() const { return directory_.path() / "gallery.db"; }

  [[nodiscard]] std::uint64_t free_bytes() const {
    struct ::statvfs disk {};
    REQUIRE(::statvfs(directory_.path().c_str(), &disk) == 0);
    return std::uint64_t{disk.f_bavail} * disk.f_frsize;
  }

  // Another program fills the disk to the last block.
  void fill() const {
    const int file = ::open((directory_.path() / "other").c_str(),
                            O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    REQUIRE(file >= 0);
    const std::vector<char> block(4096, 'x');
    while (::write(file, block.data(), block.size()) > 0) {
    }
    ::close(file);
    REQUIRE(free_bytes() == 0);
  }

  void free_what_was_filled() const { std::filesystem::remove(directory_.path() / "other"); }

 private:
  ScratchDirectory directory_;
  bool mounted_ = false;
};

// Not an image, but stored as one.
class Gallery {
 public:
  explicit Gallery(const SmallDisk& disk, SqliteOptions options = {}) : path_(disk.path()) {
    options_ = options;
    open();
  }

  void open() { storage_ = open_sqlite(path_, options_); }
  void close() { storage_.reset(); }
  StorageBackend& storage() { return *storage_; }

  // Uploads images of 300,000 bytes until one is refused. Returns the reason.
  ErrorCode upload_until_refused() {
    for (;;) {
      const auto code = code_of([&] { upload(); });
      if (code) return *code;
    }
  }

  void upload() {
    const auto key = std::to_string(next_++) + ".bin";
    const auto content = conformance::put(*storage_, "acme", sample_bytes(300'000, next_));
    create(*storage_, conformance::sample_record("acme", key, content, 300'000));
    keys_.push_back(key);
  }

  void rename_first() {
    auto record = storage_->find("acme", keys_.front()).value();
    UpdateImage update{record, record.revision, ChangeKind::renamed, {}};
    update.record.title += "'";
    update.record.folded_title += "'";
    (void)conformance::commit(*storage_, update);
  }

  void remove_first() {
    const auto record = storage_->find("acme", keys_.front()).value();
    (void)conformance::commit(*storage_, RemoveImage{"acme", record.id, {}, false});
    keys_.erase(keys_.begin());
  }

  void sweep() { conformance::sweep_all(*storage_, conformance::far_future()); }

  // Whether every image that was stored and not removed is there, whole.
  bool is_whole() {
    for (const auto& key : keys_) {
      const auto record = storage_->find("acme", key);
      if (!record || conformance::stored_bytes(*storage_, record->content).size() != 300'000) {
        return false;
      }
    }
    return storage_->usage("acme").images == keys_.size();
  }

  std::size_t count() const { return keys_.size(); }

 private:
  const std::filesystem::path path_;
  SqliteOptions options_;
  std::unique_ptr<StorageBackend> storage_;
  std::vector<std::string> keys_;
  std::uint64_t next_ = 0;
};

TEST_CASE("Below the reserve uploads are refused, and all else works until there is room again",
          "[disk]") {
  const SmallDisk disk("64m");
  if (!disk.is_there()) return;
  Gallery gallery(disk);

  REQUIRE(gallery.upload_until_refused() == ErrorCode::storage_full);

  CHECK(gallery.count() > 100);
  CHECK(disk.free_bytes() > 500'000);  // the reserve: one percent of the disk
  CHECK(message_of([&] { gallery.upload(); }).find("reserve") != std::string::npos);
  gallery.rename_first();
  gallery.remove_first();
  CHECK(gallery.is_whole());

  gallery.close();
  gallery.open();
  for (int i = 0; i < 10; ++i) gallery.remove_first();
  gallery.sweep();
  gallery.upload();
  CHECK(gallery.is_whole());
  CHECK_FALSE(gallery.storage().status().problem);
}

TEST_CASE(
    "When another program has filled the disk, images can be renamed and removed, also after"
    " a restart",
    "[disk]") {
  const SmallDisk disk("64m");
  if (!disk.is_there()) return;
  Gallery gallery(disk);
  for (int i = 0; i < 60; ++i) gallery.upload();

  disk.fill();

  CHECK(code_of([&] { gallery.upload(); }) == ErrorCode::storage_full);
  disk.fill();
  REQUIRE(gallery.storage().status().problem);
  CHECK(gallery.storage().status().problem->code() == ErrorCode::storage_full);
  for (int i = 0; i < 10; ++i) {
    gallery.rename_first();
    gallery.remove_first();
  }
  gallery.storage().check_write();
  gallery.close();
  disk.fill();  // whatever closing gave back
  gallery.open();
  for (int i = 0; i < 10; ++i) {
    gallery.rename_first();
    gallery.remove_first();
  }
  gallery.sweep();
  CHECK(gallery.is_whole());
  CHECK(disk.free_bytes() > 655'360);  // more than the reserve

  gallery.upload();
  CHECK(gallery.is_whole());
  CHECK_FALSE(gallery.storage().status().problem);
}

TEST_CASE("Without a reserve a disk that is full to the last block fails uploads alone", "[disk]") {
  const SmallDisk disk("32m");
  if (!disk.is_there()) return;
  Gallery gallery(disk, {.reserve_bytes = 0});

  REQUIRE(gallery.upload_until_refused() == ErrorCode::storage_full);

  for (int i = 0; i < 10; ++i) {
    gallery.rename_first();
    gallery.remove_first();
  }
  gallery.sweep();
  gallery.upload();
  CHECK(gallery.is_whole());
}

TEST_CASE("The reserve is an option in bytes", "[disk]") {
  const SmallDisk disk("64m");
  if (!disk.is_there()) return;
  Gallery gallery(disk, {.reserve_bytes = 30u << 20});

  REQUIRE(gallery.upload_until_refused() == ErrorCode::storage_full);

  CHECK(disk.free_bytes() > (29u << 20));
  CHECK(disk.free_bytes() < (40u << 20));
}

}  // namespace
}  // namespace imagegallery
