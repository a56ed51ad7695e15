// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>
#include <imagegallery/export.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace imagegallery {

/// The image formats that the sniffer knows.
enum class ImageFormat { png, jpeg, gif, webp, svg, bmp, ico, cur, tiff, avif, heic, jpeg_xl, psd };

/// The registered media type, such as "image/svg+xml" (RFC 6838; IANA media types).
[[nodiscard]] IMAGEGALLERY_EXPORT std::string_view media_type(ImageFormat format) noexcept;

/// The usual file name extension, without a dot: "png", "jpg", "svg", …
[[nodiscard]] IMAGEGALLERY_EXPORT std::string_view file_extension(ImageFormat format) noexcept;

/// The format of one of our media types; nothing for any other text.
[[nodiscard]] IMAGEGALLERY_EXPORT std::optional<ImageFormat> format_of_media_type(
    std::string_view media_type) noexcept;

/// How many leading bytes `sniff` wants to see. Fewer are fine where the image has no more.
inline constexpr std::size_t sniff_window = 4096;

/// The format that the leading bytes are in: the content decides, never a name or a client's word
/// (WHATWG MIME Sniffing §6.1 for the types it lists; each format's specification for the others).
/// Gives nothing for anything else. Never throws, never reads past `leading`.
[[nodiscard]] IMAGEGALLERY_EXPORT std::optional<ImageFormat> sniff(ByteView leading) noexcept;

/// What a file says of itself in its header, before any pixel is decoded.
struct ImageHeader {
  ImageFormat format = ImageFormat::png;
  std::uint32_t width =
      0;  ///< Pixels, after EXIF orientation. 0 where the format states none (SVG may).
  std::uint32_t height = 0;       ///< Likewise.
  std::uint32_t orientation = 1;  ///< EXIF orientation, 1 to 8 (CIPA DC-008 §4.6.4, tag 0x0112).
  std::uint32_t frames = 1;  ///< Frames, pages or sizes, as far as they can be counted cheaply.
  bool has_alpha = false;    ///< Whether pixels may be other than opaque.

  friend bool operator==(const ImageHeader&, const ImageHeader&) = default;
};

/// Sniffs and reads the header. Allocates nothing in proportion to the dimensions.
/// Throws: `unsupported_format` (saying what was found), `broken_image`, what `source` throws.
[[nodiscard]] IMAGEGALLERY_EXPORT ImageHeader read_header(const ByteSource& source);

}  // namespace imagegallery
