// SPDX-License-Identifier: Apache-2.0
#include "image/byte_reader.hpp"

#include <algorithm>
#include <cstring>
#include <imagegallery/error.hpp>

namespace imagegallery {

ByteReader::ByteReader(const ByteSource& source, std::string_view format)
    : source_(source), format_(format), size_(source.size()) {}

void ByteReader::fail(const std::string& message) const {
  throw Error(ErrorCode::broken_image, std::string(format_) + ": " + message);
}

void ByteReader::seek(std::uint64_t position) {
  if (position > size_) {
    fail("points to byte " + std::to_string(position) + ", but the file ends at byte " +
         std::to_string(size_));
  }
  position_ = position;
}

void ByteReader::skip(std::uint64_t count) {
  if (count > remaining()) {
    fail("unexpected end of file: " + std::to_string(count) + " bytes expected at byte " +
         std::to_string(position_) + ", but the file ends at byte " + std::to_string(size_));
  }
  position_ += count;
}

void ByteReader::load(std::uint64_t count) {
  if (count > remaining()) {
    fail("unexpected end of file at byte " + std::to_string(size_));
  }
  window_start_ = position_;
  window_size_ = source_.read_at(position_, window_);
  if (window_size_ < std::min<std::uint64_t>(count, window_.size())) {
    throw Error(ErrorCode::storage_failure, "A byte source returned fewer bytes than its size");
  }
}

void ByteReader::read(std::span<std::byte> into) {
  if (into.size() > remaining()) load(into.size());
  while (!into.empty()) {
    if (position_ - window_start_ >= window_size_) load(1);
    const auto at = static_cast<std::size_t>(position_ - window_start_);
    const auto count = std::min(into.size(), window_size_ - at);
    std::memcpy(into.data(), window_.data() + at, count);
    position_ += count;
    into = into.subspan(count);
  }
}

void ByteReader::find(std::byte value) {
  while (position_ < size_) {
    if (position_ - window_start_ >= window_size_) load(1);
    const auto at = static_cast<std::size_t>(position_ - window_start_);
    const void* found =
        std::memchr(window_.data() + at, std::to_integer<int>(value), window_size_ - at);
    if (found != nullptr) {
      position_ = window_start_ +
                  static_cast<std::size_t>(static_cast<const std::byte*>(found) - window_.data());
      return;
    }
    position_ = window_start_ + window_size_;
  }
}

}  // namespace imagegallery
