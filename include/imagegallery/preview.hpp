// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>
#include <imagegallery/export.hpp>
#include <imagegallery/image_format.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace imagegallery {

/// A named preview size. Every image gets one preview of each preset when it is uploaded.
struct PreviewPreset {
  std::string name{};            ///< 1 to 32 of a-z, 0-9, '-' and '_'; unique among the presets.
  std::uint32_t max_side = 250;  ///< Pixels that neither side exceeds; 16 to 4096. Never upscaled.

  friend bool operator==(const PreviewPreset&, const PreviewPreset&) = default;
};

/// What one decode may cost. Checked against the header before anything is allocated, and while
/// decoding. Every limit is inclusive: an image exactly at it is decoded.
struct DecodeBudget {
  std::uint64_t max_pixels = 50'000'000;         ///< Width times height, of all decoded frames.
  std::uint32_t max_side = 65'535;               ///< Pixels of either side.
  std::uint32_t max_scans = 100;                 ///< Scans of a progressive JPEG.
  std::uint32_t max_frames = 10'000;             ///< Frames of an animation (one is decoded).
  std::uint64_t max_chunk_bytes = 8u << 20;      ///< One ancillary PNG chunk, decompressed.
  std::uint64_t max_memory_bytes = 128u << 20;   ///< Estimated before decoding starts.
  std::chrono::milliseconds max_cpu_time{3000};  ///< CPU time of the decoding thread.

  friend bool operator==(const DecodeBudget&, const DecodeBudget&) = default;
};

/// One preview: encoded, or the statement that the original serves as its own preview.
struct Preview {
  std::string preset{};
  ImageFormat format = ImageFormat::png;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::optional<Bytes> bytes{};  ///< Empty where the original itself is the preview.
};

/// The version of the way in which previews are made. Stored with each preview; raised when a
/// change would give better previews, so that `ImageGallery::rebuild_previews` finds the older
/// ones.
inline constexpr std::uint32_t preview_recipe = 1;

/// Makes the previews of all presets from one decode: oriented upright, filtered, alpha kept,
/// without metadata, JPEG where opaque and PNG otherwise. The original is its own preview where it
/// fits, carries no metadata and is no larger than the encoded one would be, and for every format
/// that no decoder is built in for.
///
/// Callable from any thread; allocates at most about `budget.max_memory_bytes`.
/// Throws: `broken_image` where the pixels are damaged or cut short, `limit_exceeded` naming the
/// part of the budget that does not suffice, what `source` throws.
[[nodiscard]] IMAGEGALLERY_EXPORT std::vector<Preview> make_previews(
    const ByteSource& source, const ImageHeader& header, std::span<const PreviewPreset> presets,
    const DecodeBudget& budget);

}  // namespace imagegallery
