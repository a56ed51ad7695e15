// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <imagegallery/image_format.hpp>

namespace imagegallery {
namespace {

struct Registration {
  ImageFormat format;
  std::string_view media_type;
  std::string_view extension;
};

// IANA media types, in the order of the enumerators. Cursors have no registered type; theirs is
// from WHATWG MIME Sniffing §6.1, which also distinguishes them from icons.
constexpr std::array registrations{
    Registration{ImageFormat::png, "image/png", "png"},
    Registration{ImageFormat::jpeg, "image/jpeg", "jpg"},
    Registration{ImageFormat::gif, "image/gif", "gif"},
    Registration{ImageFormat::webp, "image/webp", "webp"},
    Registration{ImageFormat::svg, "image/svg+xml", "svg"},
    Registration{ImageFormat::bmp, "image/bmp", "bmp"},
    Registration{ImageFormat::ico, "image/vnd.microsoft.icon", "ico"},
    Registration{ImageFormat::cur, "image/x-icon", "cur"},
    Registration{ImageFormat::tiff, "image/tiff", "tiff"},
    Registration{ImageFormat::avif, "image/avif", "avif"},
    Registration{ImageFormat::heic, "image/heic", "heic"},
    Registration{ImageFormat::jpeg_xl, "image/jxl", "jxl"},
    Registration{ImageFormat::psd, "image/vnd.adobe.photoshop", "psd"},
};

const Registration& registration(ImageFormat format) noexcept {
  return registrations[static_cast<std::size_t>(format)];
}

}  // namespace

std::string_view media_type(ImageFormat format) noexcept { return registration(format).media_type; }

std::string_view file_extension(ImageFormat format) noexcept {
  return registration(format).extension;
}

std::optional<ImageFormat> format_of_media_type(std::string_view media_type) noexcept {
  const auto* const found = std::find_if(
      registrations.begin(), registrations.end(),
      [&](const Registration& candidate) { return candidate.media_type == media_type; });
  if (found == registrations.end()) return std::nullopt;
  return found->format;
}

}  // namespace imagegallery
