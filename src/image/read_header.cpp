// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <imagegallery/error.hpp>
#include <imagegallery/image_format.hpp>
#include <utility>

#include "image/file_description.hpp"
#include "image/header_readers.hpp"
#include "image/orientation.hpp"
#include "image/svg_prolog.hpp"

namespace imagegallery {
namespace {

std::string_view name_of(ImageFormat format) noexcept {
  static constexpr std::array<std::string_view, 13> names{"PNG",  "JPEG",    "GIF", "WebP", "SVG",
                                                          "BMP",  "ICO",     "CUR", "TIFF", "AVIF",
                                                          "HEIC", "JPEG XL", "PSD"};
  return names[static_cast<std::size_t>(format)];
}

ImageHeader read_header_of(ImageFormat format, const ByteSource& source) {
  ByteReader reader(source, name_of(format));
  switch (format) {
    case ImageFormat::png:
      return read_png_header(reader);
    case ImageFormat::jpeg:
      return read_jpeg_header(reader);
    case ImageFormat::gif:
      return read_gif_header(reader);
    case ImageFormat::webp:
      return read_webp_header(reader);
    case ImageFormat::svg:
      return read_svg_header(source);
    case ImageFormat::bmp:
      return read_bmp_header(reader);
    case ImageFormat::ico:
    case ImageFormat::cur:
      return read_ico_header(reader, format);
    case ImageFormat::tiff:
      return read_tiff_header(reader);
    case ImageFormat::avif:
    case ImageFormat::heic:
      return read_iso_bmff_header(reader, format);
    case ImageFormat::jpeg_xl:
      return read_jpeg_xl_header(reader);
    case ImageFormat::psd:
      return read_psd_header(reader);
  }
  throw Error(ErrorCode::unsupported_format, "Not a known image format");
}

}  // namespace

void apply_orientation(ImageHeader& header) noexcept {
  if (swaps_width_and_height(header.orientation)) std::swap(header.width, header.height);
}

ImageHeader read_header(const ByteSource& source) {
  std::array<std::byte, sniff_window> window{};
  const auto leading = ByteView(window).first(source.read_at(0, window));
  const auto format = sniff(leading);
  if (!format) {
    // An SVG may begin with a licence longer than the window, and a rejected one needs its own
    // message.
    const XmlRoot root = scan_svg_prolog(leading).root;
    if (root == XmlRoot::internal_subset ||
        (root == XmlRoot::incomplete && leading.size() == window.size())) {
      return read_svg_header(source);
    }
    throw Error(ErrorCode::unsupported_format,
                "Not a known image format: " + describe_file(leading));
  }
  ImageHeader header = read_header_of(*format, source);
  header.format = *format;
  if (header.format != ImageFormat::svg && (header.width == 0 || header.height == 0)) {
    throw Error(ErrorCode::broken_image,
                std::string(name_of(*format)) + ": the image width or height is 0");
  }
  return header;
}

}  // namespace imagegallery
