// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <imagegallery/bytes.hpp>
#include <imagegallery/error.hpp>
#include <system_error>
#include <utility>

namespace imagegallery {
namespace {

std::size_t copy_part(ByteView from, std::uint64_t offset, std::span<std::byte> into) {
  if (offset >= from.size()) return 0;
  const auto part = from.subspan(static_cast<std::size_t>(offset));
  const auto count = std::min(part.size(), into.size());
  if (count != 0) std::memcpy(into.data(), part.data(), count);
  return count;
}

class BytesSource final : public ByteSource {
 public:
  explicit BytesSource(Bytes bytes) : bytes_(std::move(bytes)) {}
  std::uint64_t size() const override { return bytes_.size(); }
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    return copy_part(bytes_, offset, into);
  }

 private:
  const Bytes bytes_;
};

class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string text) : text_(std::move(text)) {}
  std::uint64_t size() const override { return text_.size(); }
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    return copy_part(as_bytes(text_), offset, into);
  }

 private:
  const std::string text_;
};

class ViewSource final : public ByteSource {
 public:
  explicit ViewSource(ByteView bytes) : bytes_(bytes) {}
  std::uint64_t size() const override { return bytes_.size(); }
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    return copy_part(bytes_, offset, into);
  }

 private:
  const ByteView bytes_;
};

[[noreturn]] void fail(ErrorCode code, const std::filesystem::path& path, int error) {
  throw Error(code, path.string() + ": " + std::generic_category().message(error));
}

// Uses pread, not mmap: truncating a mapped file would raise SIGBUS.
class FileSource final : public ByteSource {
 public:
  explicit FileSource(const std::filesystem::path& path) : path_(path) {
    descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor_ < 0) {
      const int error = errno;
      fail(error == ENOENT ? ErrorCode::not_found : ErrorCode::storage_failure, path, error);
    }
    struct stat status {};
    const bool known = ::fstat(descriptor_, &status) == 0;
    if (!known || !S_ISREG(status.st_mode)) {
      const int error = errno;
      ::close(descriptor_);
      if (!known) fail(ErrorCode::storage_failure, path, error);
      throw Error(ErrorCode::invalid_argument, path.string() + ": not a regular file");
    }
    size_ = static_cast<std::uint64_t>(status.st_size);
  }
  ~FileSource() override { ::close(descriptor_); }

  std::uint64_t size() const override { return size_; }

  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    if (offset >= size_) return 0;
    into =
        into.first(static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size_ - offset)));
    std::size_t done = 0;
    while (done < into.size()) {
      const auto count = ::pread(descriptor_, into.data() + done, into.size() - done,
                                 static_cast<off_t>(offset + done));
      if (count > 0) {
        done += static_cast<std::size_t>(count);
      } else if (count == 0) {
        throw Error(ErrorCode::storage_failure,
                    path_.string() + ": was truncated while it was read");
      } else if (errno != EINTR) {
        fail(ErrorCode::storage_failure, path_, errno);
      }
    }
    return done;
  }

 private:
  const std::filesystem::path path_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

class SliceSource final : public ByteSource {
 public:
  SliceSource(std::shared_ptr<const ByteSource> whole, std::uint64_t offset, std::uint64_t length)
      : whole_(std::move(whole)), offset_(offset), length_(length) {}
  std::uint64_t size() const override { return length_; }
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    if (offset >= length_) return 0;
    const auto count = std::min<std::uint64_t>(into.size(), length_ - offset);
    return whole_->read_at(offset_ + offset, into.first(static_cast<std::size_t>(count)));
  }

 private:
  const std::shared_ptr<const ByteSource> whole_;
  const std::uint64_t offset_;
  const std::uint64_t length_;
};

}  // namespace

ByteSource::~ByteSource() = default;

std::shared_ptr<const ByteSource> make_source(Bytes bytes) {
  return std::make_shared<BytesSource>(std::move(bytes));
}

std::shared_ptr<const ByteSource> make_source(std::string text) {
  return std::make_shared<TextSource>(std::move(text));
}

std::shared_ptr<const ByteSource> make_view_source(ByteView bytes) {
  return std::make_shared<ViewSource>(bytes);
}

std::shared_ptr<const ByteSource> open_file(const std::filesystem::path& path) {
  return std::make_shared<FileSource>(path);
}

std::shared_ptr<const ByteSource> slice(std::shared_ptr<const ByteSource> source,
                                        std::uint64_t offset, std::uint64_t length) {
  if (!source) throw Error(ErrorCode::invalid_argument, "source: must not be null");
  if (offset > source->size() || length > source->size() - offset) {
    throw Error(ErrorCode::invalid_argument,
                "slice: " + std::to_string(length) + " bytes at offset " + std::to_string(offset) +
                    " exceed the source of " + std::to_string(source->size()) + " bytes");
  }
  return std::make_shared<SliceSource>(std::move(source), offset, length);
}

Bytes read_all(const ByteSource& source) {
  Bytes bytes(static_cast<std::size_t>(source.size()));
  bytes.resize(source.read_at(0, bytes));
  return bytes;
}

}  // namespace imagegallery
