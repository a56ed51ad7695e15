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

/// A named preview size. An upload creates one preview for each preset.
struct PreviewPreset {
  std::string name{};            ///< 1 to 32 of a-z, 0-9, '-' and '_'; unique among the presets.
  std::uint32_t max_side = 250;  ///< Max width and height in pixels; 16 to 4096. Never upscales.

  friend bool operator==(const PreviewPreset&, const PreviewPreset&) = default;
};

/// Limits on the cost of one decode. Checked against the header before anything is allocated, and
/// again while decoding. Every limit is inclusive: an image exactly at it is decoded.
struct DecodeBudget {
  std::uint64_t max_pixels = 50'000'000;         ///< Width times height, of all decoded frames.
  std::uint32_t max_side = 65'535;               ///< Width and height, in pixels.
  std::uint32_t max_scans = 100;                 ///< Scans of a progressive JPEG.
  std::uint32_t max_frames = 10'000;             ///< Frames of an animation (one is decoded).
  std::uint64_t max_chunk_bytes = 8u << 20;      ///< One ancillary PNG chunk, decompressed.
  std::uint64_t max_memory_bytes = 128u << 20;   ///< Estimated before decoding starts.
  std::chrono::milliseconds max_cpu_time{3000};  ///< CPU time of the decoding thread.

  friend bool operator==(const DecodeBudget&, const DecodeBudget&) = default;
};

/// One preview: an encoded image, or a marker that the original serves as its own preview.
struct Preview {
  std::string preset{};
  ImageFormat format = ImageFormat::png;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::optional<Bytes> bytes{};  ///< nullopt if the original is the preview.
};

/// The version of the preview algorithm. Stored with each preview and incremented when previews
/// improve, so that `ImageGallery::rebuild_previews` finds the outdated ones.
inline constexpr std::uint32_t preview_recipe = 1;

/// Creates the previews of all presets from one decode. Applies the EXIF orientation, resamples
/// with a filter, keeps alpha, drops metadata, and encodes JPEG if opaque and PNG otherwise. The
/// original is its own preview if it fits, contains no metadata and is not larger than the encoded
/// preview, and for every format without a built-in decoder.
///
/// Callable from any thread; allocates at most about `budget.max_memory_bytes`.
/// Throws: `broken_image` if the pixels are damaged or truncated, `limit_exceeded` naming the
/// exceeded limit of the budget, and whatever `source` throws.
[[nodiscard]] IMAGEGALLERY_EXPORT std::vector<Preview> make_previews(
    const ByteSource& source, const ImageHeader& header, std::span<const PreviewPreset> presets,
    const DecodeBudget& budget);

}  // namespace imagegallery
