// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/error.hpp>
#include <imagegallery/export.hpp>

#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <string_view>

namespace imagegallery {

/// The place that noticed a failure.
enum class ErrorSource {
  authenticate,  ///< `HttpOptions::authenticate` or `WebOptions::authenticate` threw.
  on_event,      ///< `GalleryOptions::on_event` threw.
  clock,         ///< `GalleryOptions::now` threw where the system clock could be used instead.
  storage,       ///< A storage call whose failure no caller sees, or the storage's own status.
  upkeep,        ///< `verify` or `rebuild_previews`, for an image that they pass over; the host's
                 ///< own maintenance.
  http,          ///< A request to an `HttpHandler` failed with a 5xx, or its response's body did.
  web,           ///< The same for what a `WebHandler` adds.
  transport,     ///< The host's server, if it reports its errors to `ImageGallery::error_sink`.
};

/// The enumerator's name, such as "on_event". Never empty.
[[nodiscard]] IMAGEGALLERY_EXPORT std::string_view to_string(ErrorSource source) noexcept;

/// A failure that no caller gets as an exception: it was swallowed, or became a 5xx response.
/// The views and the pointer are valid while the report is delivered, or while `exception` is held.
struct ErrorReport {
  ErrorSource source = ErrorSource::storage;
  std::string_view operation{};  ///< A method or route, such as "upload"; empty if unknown.
  std::string_view tenant{};     ///< The image's owner; empty for the system, or if unknown.
  std::string_view key{};        ///< The image's key; empty if there is none.
  std::string_view message{};    ///< For the operator: may name files. Never send it to clients.
  const Error* error = nullptr;  ///< The exception, with its codes; null if it is not an `Error`.
  std::exception_ptr exception{};

  /// A report of the exception that is being handled; call it in a handler. What the exception
  /// itself says of operation, tenant and key replaces the arguments. Allocates nothing.
  [[nodiscard]] IMAGEGALLERY_EXPORT static ErrorReport of_current(
      ErrorSource source, std::string_view operation, std::string_view tenant = {},
      std::string_view key = {}) noexcept;
};

/// Receives error reports.
using ErrorSink = std::function<void(const ErrorReport&)>;

/// How often errors were reported.
struct ErrorCount {
  ErrorSource source = ErrorSource::storage;
  std::optional<ErrorCode> code{};  ///< Unset for exceptions that are not an `Error`.
  std::uint64_t reports = 0;

  friend bool operator==(const ErrorCount&, const ErrorCount&) = default;
};

}  // namespace imagegallery
