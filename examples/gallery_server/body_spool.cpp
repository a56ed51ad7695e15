// SPDX-License-Identifier: Apache-2.0
#include "body_spool.hpp"

#include <imagegallery/error.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>
#include <utility>

namespace gallery_server {
namespace {

using imagegallery::Error;
using imagegallery::ErrorCode;

[[noreturn]] void fail(const char* what) {
  throw Error{ErrorCode::storage_failure,
              std::string{what} + ": " + std::generic_category().message(errno), true};
}

/// Prefers /var/tmp: /tmp may be in memory.
std::string spool_directory() {
  if (const char* directory = std::getenv("TMPDIR"); directory != nullptr && *directory != '\0')
    return directory;
  return ::access("/var/tmp", W_OK) == 0 ? "/var/tmp" : "/tmp";
}

int open_unnamed_file() {
  const std::string directory = spool_directory();
  int file = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file < 0) {
    // Not every file system supports O_TMPFILE.
    std::string name = directory + "/gallery-upload-XXXXXX";
    file = ::mkostemp(name.data(), O_CLOEXEC);
    if (file >= 0) ::unlink(name.c_str());
  }
  if (file < 0) fail("cannot create a temporary file");
  return file;
}

class FileSource final : public imagegallery::ByteSource {
 public:
  FileSource(int file, std::uint64_t size) noexcept : file_(file), size_(size) {}
  ~FileSource() override { ::close(file_); }

  std::uint64_t size() const override { return size_; }

  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    std::size_t read = 0;
    while (read < into.size()) {
      const ssize_t count =
          ::pread(file_, into.data() + read, into.size() - read, static_cast<off_t>(offset + read));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail("cannot read a temporary file");
      if (count == 0) break;
      read += static_cast<std::size_t>(count);
    }
    return read;
  }

 private:
  int file_;
  std::uint64_t size_;
};

/// Memory that counts against the budget for the lifetime of this object.
class BudgetedSource final : public imagegallery::ByteSource {
 public:
  BudgetedSource(imagegallery::Bytes bytes, std::shared_ptr<SpoolBudget> budget,
                 std::size_t budgeted)
      : bytes_(std::move(bytes)), budget_(std::move(budget)), budgeted_(budgeted) {}
  ~BudgetedSource() override { budget_->used -= budgeted_; }

  std::uint64_t size() const override { return bytes_.size(); }

  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    if (offset >= bytes_.size()) return 0;
    const auto from = static_cast<std::size_t>(offset);
    const std::size_t count = std::min(into.size(), bytes_.size() - from);
    std::copy_n(bytes_.data() + from, count, into.data());
    return count;
  }

 private:
  imagegallery::Bytes bytes_;
  std::shared_ptr<SpoolBudget> budget_;
  std::size_t budgeted_;
};

}  // namespace

BodySpool::BodySpool(std::shared_ptr<SpoolBudget> budget) : budget_(std::move(budget)) {}

BodySpool::~BodySpool() {
  release_budget();
  if (file_ >= 0) ::close(file_);
}

std::span<std::byte> BodySpool::space() {
  if (filled_ == memory_.size()) {
    const std::size_t capacity =
        memory_.empty() ? initial_bytes : std::min(memory_.size() * 2, threshold);
    const std::size_t more = memory_.empty() ? 0 : capacity - memory_.size();
    // Switch to the file at the threshold, or when other bodies have used up the budget.
    if (!memory_.empty() && (more == 0 || budget_->used + more > budget_->max)) return {};
    memory_.resize(capacity);
    budget_->used += more;
    budgeted_ += more;
  }
  return std::span{memory_}.subspan(filled_);
}

void BodySpool::flush() {
  if (file_ < 0) file_ = open_unnamed_file();
  std::span<const std::byte> rest = std::span{memory_}.first(filled_);
  while (!rest.empty()) {
    const ssize_t count = ::write(file_, rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail("cannot store the request body");
    rest = rest.subspan(static_cast<std::size_t>(count));
  }
  flushed_ += filled_;
  filled_ = 0;
}

std::shared_ptr<const imagegallery::ByteSource> BodySpool::finish() {
  if (size() == 0) return nullptr;
  if (file_ < 0) {
    memory_.resize(filled_);
    filled_ = 0;
    return std::make_shared<BudgetedSource>(std::move(memory_), budget_,
                                            std::exchange(budgeted_, 0));
  }
  flush();
  memory_ = {};
  release_budget();
  return std::make_shared<FileSource>(std::exchange(file_, -1), flushed_);
}

void BodySpool::release_budget() noexcept { budget_->used -= std::exchange(budgeted_, 0); }

}  // namespace gallery_server
