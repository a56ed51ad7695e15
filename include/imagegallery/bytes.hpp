// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/export.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace imagegallery {

/// Bytes that the holder owns.
using Bytes = std::vector<std::byte>;

/// Bytes that somebody else owns. A function that takes a view uses it only during the call.
using ByteView = std::span<const std::byte>;

/// A fixed number of bytes that can be read at any offset, in pieces: a file, a block of memory,
/// stored content, a part of another source. It is what uploads come from and what reads give.
///
/// Thread safety: `size` and `read_at` may be called from any number of threads at once.
/// Sources are stateless readers: no call depends on an earlier one.
class IMAGEGALLERY_EXPORT ByteSource {
 public:
  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource();

  /// The number of bytes. Constant over the life of the source.
  [[nodiscard]] virtual std::uint64_t size() const = 0;

  /// Fills `into` with the bytes from `offset` on and returns how many were written:
  /// `into.size()`, or fewer only where the source ends before that (0 at or past its end).
  /// Throws: `storage_failure` or `corrupt_data`, where the bytes cannot be had as they were.
  virtual std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const = 0;
};

/// A source that owns its bytes. Throws: nothing but `std::bad_alloc`.
[[nodiscard]] IMAGEGALLERY_EXPORT std::shared_ptr<const ByteSource> make_source(Bytes bytes);
[[nodiscard]] IMAGEGALLERY_EXPORT std::shared_ptr<const ByteSource> make_source(std::string text);

/// A source over bytes that the caller keeps alive and unchanged for as long as the source lives.
[[nodiscard]] IMAGEGALLERY_EXPORT std::shared_ptr<const ByteSource> make_view_source(
    ByteView bytes);

/// A source over a regular file, kept open while the source lives. The size is taken here; a file
/// that becomes shorter makes `read_at` throw `storage_failure`, never a signal.
/// Throws: `not_found` where there is no such file, `invalid_argument` where it is no regular file,
/// `storage_failure` where it cannot be opened.
[[nodiscard]] IMAGEGALLERY_EXPORT std::shared_ptr<const ByteSource> open_file(
    const std::filesystem::path& path);

/// The `length` bytes of `source` from `offset` on, sharing `source`.
/// Throws: `invalid_argument` where that is not wholly inside of `source`.
[[nodiscard]] IMAGEGALLERY_EXPORT std::shared_ptr<const ByteSource> slice(
    std::shared_ptr<const ByteSource> source, std::uint64_t offset, std::uint64_t length);

/// All bytes of a source. Throws: what `read_at` throws.
[[nodiscard]] IMAGEGALLERY_EXPORT Bytes read_all(const ByteSource& source);

/// The bytes of a text, without a copy; valid as long as the text is.
[[nodiscard]] inline ByteView as_bytes(std::string_view text) noexcept {
  return std::as_bytes(std::span{text.data(), text.size()});
}

}  // namespace imagegallery
