// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>
#include <imagegallery/export.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace imagegallery {

/// The image formats that `sniff` detects.
enum class ImageFormat { png, jpeg, gif, webp, svg, bmp, ico, cur, tiff, avif, heic, jpeg_xl, psd };

/// The registered media type, such as "image/svg+xml" (RFC 6838; IANA media types).
[[nodiscard]] IMAGEGALLERY_EXPORT std::string_view media_type(ImageFormat format) noexcept;

/// The default file name extension, without a dot: "png", "jpg", "svg", …
[[nodiscard]] IMAGEGALLERY_EXPORT std::string_view file_extension(ImageFormat format) noexcept;

/// The format whose `media_type` this is; nullopt if there is none.
[[nodiscard]] IMAGEGALLERY_EXPORT std::optional<ImageFormat> format_of_media_type(
    std::string_view media_type) noexcept;

/// The number of leading bytes that `sniff` needs, or all bytes of a shorter file.
inline constexpr std::size_t sniff_window = 4096;

/// Detects the format from the leading bytes of a file (WHATWG MIME Sniffing §6.1 for the types it
/// lists, each format's specification for the others). File names and declared types play no part.
/// Returns nullopt if the format is unknown.
[[nodiscard]] IMAGEGALLERY_EXPORT std::optional<ImageFormat> sniff(ByteView leading) noexcept;

/// The properties that a file states in its header, known without decoding pixels.
struct ImageHeader {
  ImageFormat format = ImageFormat::png;
  std::uint32_t width = 0;   ///< Pixels, after EXIF orientation; 0 if not stated (possible in SVG).
  std::uint32_t height = 0;  ///< As `width`.
  std::uint32_t orientation = 1;  ///< EXIF orientation, 1 to 8 (CIPA DC-008 §4.6.4, tag 0x0112).
  std::uint32_t frames = 1;  ///< Frames, pages or sizes, as far as they can be counted cheaply.
  bool has_alpha = false;    ///< Whether pixels may be transparent.

  friend bool operator==(const ImageHeader&, const ImageHeader&) = default;
};

/// Detects the format and parses the header. Memory use does not depend on the dimensions.
/// Throws: `unsupported_format` (the message describes the content), `broken_image`, and whatever
/// `source` throws.
[[nodiscard]] IMAGEGALLERY_EXPORT ImageHeader read_header(const ByteSource& source);

}  // namespace imagegallery
