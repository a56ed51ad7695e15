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

/// An owned buffer of bytes.
using Bytes = std::vector<std::byte>;

/// A non-owning view of bytes. A function that takes a view uses it only during the call.
using ByteView = std::span<const std::byte>;

/// A read-only sequence of bytes of fixed size with random access: a file, a memory buffer, stored
/// content or a slice of another source. Uploads read from one, and reads return one.
///
/// Thread safety: `size` and `read_at` may be called from any number of threads at once. A source
/// has no read position: no call depends on an earlier one.
class IMAGEGALLERY_EXPORT ByteSource {
 public:
  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource();

  /// The size in bytes. Constant over the life of the source.
  [[nodiscard]] virtual std::uint64_t size() const = 0;

  /// Reads bytes starting at `offset` into `into`. Returns the number of bytes read: `into.size()`,
  /// or fewer only if the end of the source is reached first (0 at or past the end).
  /// Throws: `storage_failure` if the bytes cannot be read, `corrupt_data` if they are damaged.
  virtual std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const = 0;
};

/// Returns a source that owns its bytes. Throws: only `std::bad_alloc`.
[[nodiscard]] IMAGEGALLERY_EXPORT std::shared_ptr<const ByteSource> make_source(Bytes bytes);
[[nodiscard]] IMAGEGALLERY_EXPORT std::shared_ptr<const ByteSource> make_source(std::string text);

/// Returns a source over `bytes` without copying them. The caller must keep them alive and
/// unchanged as long as the source exists.
[[nodiscard]] IMAGEGALLERY_EXPORT std::shared_ptr<const ByteSource> make_view_source(
    ByteView bytes);

/// Opens a regular file as a source. The file stays open as long as the source exists, and its size
/// is fixed at the call. If it is truncated later, `read_at` throws `storage_failure` (no SIGBUS).
/// Throws: `not_found` if the file does not exist, `invalid_argument` if it is not a regular file,
/// `storage_failure` if it cannot be opened.
[[nodiscard]] IMAGEGALLERY_EXPORT std::shared_ptr<const ByteSource> open_file(
    const std::filesystem::path& path);

/// Returns the `length` bytes of `source` starting at `offset` as a source that shares `source`.
/// Throws: `invalid_argument` if `source` is null or the range is not within it.
[[nodiscard]] IMAGEGALLERY_EXPORT std::shared_ptr<const ByteSource> slice(
    std::shared_ptr<const ByteSource> source, std::uint64_t offset, std::uint64_t length);

/// Reads a whole source into memory. Throws: whatever `read_at` throws.
[[nodiscard]] IMAGEGALLERY_EXPORT Bytes read_all(const ByteSource& source);

/// Views the bytes of `text` without copying them; valid as long as `text` is.
[[nodiscard]] inline ByteView as_bytes(std::string_view text) noexcept {
  return std::as_bytes(std::span{text.data(), text.size()});
}

}  // namespace imagegallery
