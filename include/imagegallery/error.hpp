// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/export.hpp>

#include <stdexcept>
#include <string>
#include <string_view>

namespace imagegallery {

/// What went wrong, for code. The message of an `Error` is for people.
///
/// Absence that a caller should expect is not an error: `find` answers with an empty optional,
/// `remove` with an outcome for each image.
enum class ErrorCode {
  invalid_argument,  ///< An argument, option or document breaks its contract; the message names it.
  permission_denied,  ///< The principal may see the image but not do this.
  not_found,          ///< The image does not exist, or the principal may not know that it does.
  conflict,           ///< The record moved on, or a key is taken: nothing was overwritten.
  limit_exceeded,  ///< Over a limit of bytes, pixels, frames or time; the message names the limit.
  unsupported_format,  ///< The bytes are no image that this library knows.
  broken_image,        ///< An image, but damaged or truncated.
  busy,                ///< Too much at once, or a lock was not granted in time. Retryable.
  storage_failure,     ///< The storage could not read or write (disk full, I/O error, read-only).
  corrupt_data,        ///< Stored bytes fail their checksum; they are never handed out.
};

/// The name of a code as it is written in C++, such as "not_found". Never empty.
[[nodiscard]] IMAGEGALLERY_EXPORT std::string_view to_string(ErrorCode code) noexcept;

/// The root of everything that this library throws, `std::bad_alloc` apart.
///
/// An operation that throws has changed nothing, unless `code()` is `storage_failure` and the
/// failure struck while the storage was confirming a commit: then the outcome is open, and a
/// repetition with the same operation id is safe (see `UploadOptions::operation_id`).
class IMAGEGALLERY_EXPORT Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message, bool retryable = false);
  Error(const Error&) = default;
  Error& operator=(const Error&) = default;
  ~Error() override;

  [[nodiscard]] ErrorCode code() const noexcept { return code_; }

  /// True where the same call may succeed later without anybody changing anything.
  /// Always true for `busy`.
  [[nodiscard]] bool retryable() const noexcept { return retryable_; }

 private:
  ErrorCode code_;
  bool retryable_;
};

}  // namespace imagegallery
