// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/error_report.hpp>
#include <imagegallery/event.hpp>
#include <imagegallery/export.hpp>
#include <imagegallery/image.hpp>
#include <imagegallery/preview.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace imagegallery {

/// Storage limits of a tenant. Enforced exactly, inside the transaction that stores an image.
struct Limits {
  std::uint64_t max_image_bytes = 10u << 20;  ///< One original; 0 = no limit.
  std::uint64_t max_total_bytes = 0;          ///< All of the tenant's originals; 0 = no limit.

  friend bool operator==(const Limits&, const Limits&) = default;
};

/// A tenant's own limits, as set by a system administrator. An unset one means the gallery's limit.
struct TenantLimits {
  std::optional<std::uint64_t> max_image_bytes{};  ///< One original; 0 = no limit.
  std::optional<std::uint64_t> max_total_bytes{};  ///< All of the tenant's originals; 0 = no limit.

  friend bool operator==(const TenantLimits&, const TenantLimits&) = default;
};

/// Options of the ETag cache, and the lifetime of images in browser caches.
struct CacheOptions {
  std::chrono::minutes etags_ttl{44640};  ///< A cached ETag expires this long after its last use.
  std::uint64_t etags_max_bytes =
      16u << 20;  ///< Memory of the ETag cache, bookkeeping included; 0 = off.
  std::chrono::minutes system_browser_ttl{
      0};  ///< `max-age` of system images; 0 = revalidate each use.
  std::chrono::minutes tenant_browser_ttl{
      0};  ///< `max-age` of tenants' images; 0 = revalidate each use.

  /// Returns the defaults overridden by environment variables: CACHE_SPECS_IMAGE_ETAGS_TTL
  /// (minutes), CACHE_SPECS_IMAGE_ETAGS_MAX_SIZE (bytes), CACHE_SPECS_IMAGE_SYSTEM_BROWSER_TTL and
  /// CACHE_SPECS_IMAGE_TENANT_BROWSER_TTL (minutes). Unset and empty variables are ignored.
  /// Throws: `invalid_argument` naming a variable whose value is not a whole number in range.
  [[nodiscard]] IMAGEGALLERY_EXPORT static CacheOptions from_environment();

  friend bool operator==(const CacheOptions&, const CacheOptions&) = default;
};

/// How to treat an image whose pixels fail to decode although its header is valid.
enum class DamagedImages {
  refuse,                ///< Throw `broken_image`; nothing is stored.
  keep_without_preview,  ///< Store it; the original serves as its own preview.
};

/// The options of a gallery. Its constructor validates them; an error names the field.
struct GalleryOptions {
  Limits limits{};  ///< Of every tenant without its own limits.
  Limits system_limits{.max_image_bytes = 50u << 20, .max_total_bytes = 0};  ///< Of system images.
  std::vector<PreviewPreset> presets = {
      {"preview", 250}};  ///< At least one; the first is the default.
  DecodeBudget decode_budget{};
  unsigned max_concurrent_decodes = 0;  ///< 0 = the number of processors. Tenants take turns.
  /// Memory of all concurrent decodes together: each reserves the most that it can need before it
  /// starts. An image that needs more than this alone is refused with `limit_exceeded`.
  std::uint64_t max_total_decode_memory = 256u << 20;
  /// For a free decoder and its memory; then `busy`.
  std::chrono::milliseconds max_decode_wait{10'000};
  DamagedImages damaged_images = DamagedImages::refuse;
  bool public_uploads = false;  ///< Default visibility of uploads.
  CacheOptions cache{};
  /// Replaced content stays readable this long. Must be longer than an upload takes: `sweep` takes
  /// older content without an image for abandoned.
  std::chrono::minutes content_grace{60};
  std::chrono::hours change_log_age{24 * 7};  ///< `sweep` deletes older changes from the log.

  /// Set it if no other process writes to the storage. The gallery then serves from the ETag cache
  /// without checking for changes by others first (with SQLite, reading a counter in shared
  /// memory).
  bool single_process = false;

  /// Called after each change made through this gallery, on the thread that made it, without locks
  /// held. It may call the gallery. Its exceptions only go to `on_error`: the change is already
  /// committed.
  std::function<void(const Event&)> on_event{};

  /// Called for each failure that no caller gets as an exception: what the gallery swallows, and
  /// what becomes a 5xx response of `HttpHandler` and `WebHandler`. Called on the thread that
  /// noticed it, any number at once, without locks held. It should return soon and must not call
  /// the gallery. Its exceptions are ignored.
  ErrorSink on_error{};

  std::function<Time()> now{};  ///< If empty: the system clock.
  /// If empty: the steady clock.
  std::function<std::chrono::steady_clock::time_point()> steady_now{};
};

}  // namespace imagegallery
