// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/export.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace imagegallery {

/// The kind of an `Error`, for programs. The error's message is for people.
///
/// Expected absence is not an error: `find` returns an empty optional, and `remove` returns an
/// outcome for each image.
enum class ErrorCode {
  invalid_argument,    ///< An argument, option or document is invalid; the message names the field.
  permission_denied,   ///< The principal may not perform this operation.
  not_found,           ///< The image does not exist or is not visible to the principal.
  conflict,            ///< The image was changed meanwhile, or the key is in use. Nothing changed.
  limit_exceeded,      ///< A limit of bytes, pixels, frames or time; the message names the limit.
  unsupported_format,  ///< The bytes are not in a supported image format.
  broken_image,        ///< The image is damaged or truncated.
  busy,                ///< Too many operations at once, or a lock timed out. Retryable.
  storage_failure,     ///< The storage could not read or write, as after an I/O error.
  storage_full,        ///< The disk has no room, or less than the reserve. Removing still works.
  read_only,           ///< The storage is open for reading only, or its files cannot be written.
  corrupt_data,        ///< Stored bytes fail their checksum; they are never returned.
};

/// The enumerator's name, such as "not_found". Never empty.
[[nodiscard]] IMAGEGALLERY_EXPORT std::string_view to_string(ErrorCode code) noexcept;

/// The type of every exception that this library throws, except `std::bad_alloc`.
///
/// An operation that throws has changed nothing, with one exception: if `code()` is
/// `storage_failure` and the storage failed while it confirmed a commit, the change may have been
/// made. Retrying with the same operation id is safe (see `UploadOptions::operation_id`).
///
/// Immutable; copying never throws. A class derived from it keeps its type through the gallery.
class IMAGEGALLERY_EXPORT Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message, bool retryable = false);
  Error(const Error&) noexcept = default;
  Error& operator=(const Error&) noexcept = default;
  ~Error() override;

  [[nodiscard]] ErrorCode code() const noexcept;

  /// Whether the same call may succeed if it is simply repeated later. Always true for `busy`.
  [[nodiscard]] bool retryable() const noexcept;

  /// The code of the library below, such as SQLite's extended result code; 0 if there is none.
  [[nodiscard]] int native_code() const noexcept;

  /// The system's errno; 0 if there is none.
  [[nodiscard]] int system_error() const noexcept;

  /// The name of the gallery's method that failed, such as "upload"; empty if unknown.
  [[nodiscard]] std::string_view operation() const noexcept;

  /// The tenant of the image that the operation was about; empty for the system, or if unknown.
  [[nodiscard]] std::string_view tenant() const noexcept;

  /// The key of that image; empty if there is none.
  [[nodiscard]] std::string_view key() const noexcept;

  /// A copy with the codes of the layers below.
  [[nodiscard]] Error with_native(int native_code, int system_error) const;

  /// A copy that says what was attempted. What is already known stays.
  [[nodiscard]] Error with_context(std::string_view operation, std::string_view tenant,
                                   std::string_view key) const;

 private:
  struct State;
  std::shared_ptr<const State> state_;  // So that a later version can add to it.
};

}  // namespace imagegallery
