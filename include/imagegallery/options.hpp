// SPDX-License-Identifier: Apache-2.0
#pragma once

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

/// What a tenant may store. Checked exactly, inside the transaction that stores.
struct Limits {
  std::uint64_t max_image_bytes = 10u << 20;  ///< One original; 0 = no limit.
  std::uint64_t max_total_bytes = 0;          ///< All of the tenant's originals; 0 = no limit.

  friend bool operator==(const Limits&, const Limits&) = default;
};

/// A tenant's own limits, as a system administrator sets them. What is empty follows the gallery's.
struct TenantLimits {
  std::optional<std::uint64_t> max_image_bytes{};  ///< One original; 0 = no limit.
  std::optional<std::uint64_t> max_total_bytes{};  ///< All of the tenant's originals; 0 = no limit.

  friend bool operator==(const TenantLimits&, const TenantLimits&) = default;
};

/// How long validators are remembered here, and images in browsers.
struct CacheOptions {
  std::chrono::minutes etags_ttl{44640};  ///< An ETag unused for so long is forgotten.
  std::uint64_t etags_max_bytes =
      16u << 20;  ///< Memory of the ETag cache, bookkeeping included; 0 = off.
  std::chrono::minutes system_browser_ttl{
      0};  ///< `max-age` of system images; 0 = revalidate each use.
  std::chrono::minutes tenant_browser_ttl{
      0};  ///< `max-age` of tenants' images; 0 = revalidate each use.

  /// The environment's wishes over these defaults: CACHE_SPECS_IMAGE_ETAGS_TTL (minutes),
  /// CACHE_SPECS_IMAGE_ETAGS_MAX_SIZE (bytes), CACHE_SPECS_IMAGE_SYSTEM_BROWSER_TTL and
  /// CACHE_SPECS_IMAGE_TENANT_BROWSER_TTL (minutes). Unset and empty variables change nothing.
  /// Throws: `invalid_argument` naming a variable whose value is no whole number in range.
  [[nodiscard]] IMAGEGALLERY_EXPORT static CacheOptions from_environment();

  friend bool operator==(const CacheOptions&, const CacheOptions&) = default;
};

/// What becomes of an image whose header is sound but whose pixels cannot be decoded.
enum class DamagedImages {
  refuse,                ///< `Error` with `broken_image`; nothing is stored.
  keep_without_preview,  ///< Stored; the original serves as its own preview.
};

/// Everything that a gallery can be told at its start. Checked there, once; an error names the
/// field.
struct GalleryOptions {
  Limits limits{};  ///< Of every tenant without own ones.
  Limits system_limits{.max_image_bytes = 50u << 20, .max_total_bytes = 0};  ///< Of system images.
  std::vector<PreviewPreset> presets = {
      {"preview", 250}};  ///< At least one; the first is *the* preview.
  DecodeBudget decode_budget{};
  unsigned max_concurrent_decodes = 0;                ///< 0 = as many as processors.
  std::chrono::milliseconds max_decode_wait{10'000};  ///< For a free decoder; then `busy`.
  DamagedImages damaged_images = DamagedImages::refuse;
  bool public_uploads = false;  ///< Of uploads that do not say.
  CacheOptions cache{};
  std::chrono::minutes content_grace{60};     ///< Replaced content stays readable so long.
  std::chrono::hours change_log_age{24 * 7};  ///< Older changes are forgotten by `sweep`.

  /// True where no other process writes to this storage: saves looking for others' changes before
  /// every answer from the ETag cache (with SQLite, a look at a counter in shared memory).
  bool single_process = false;

  /// Called after each change of this object, on the thread that made it, with no lock held. It may
  /// call the gallery. What it throws is swallowed: the change has happened.
  std::function<void(const Event&)> on_event{};

  std::function<Time()> now{};  ///< Empty: the system clock.
  /// Empty: the steady clock.
  std::function<std::chrono::steady_clock::time_point()> steady_now{};
};

}  // namespace imagegallery
