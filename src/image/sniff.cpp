// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <imagegallery/image_format.hpp>

#include "image/iso_bmff_brands.hpp"
#include "image/svg_prolog.hpp"

namespace imagegallery {
namespace {

using namespace std::string_view_literals;

/// Bytes that must be present at `offset`.
struct Part {
  std::size_t offset = 0;
  std::string_view bytes;
};

struct Magic {
  ImageFormat format;
  Part first;
  Part second = {};
};

// Formats with fixed magic bytes. The first eight rows are WHATWG MIME Sniffing §6.1.
constexpr std::array magics{
    Magic{ImageFormat::ico, {0, "\x00\x00\x01\x00"sv}},
    Magic{ImageFormat::cur, {0, "\x00\x00\x02\x00"sv}},
    Magic{ImageFormat::bmp, {0, "BM"sv}},
    Magic{ImageFormat::gif, {0, "GIF87a"sv}},
    Magic{ImageFormat::gif, {0, "GIF89a"sv}},
    Magic{ImageFormat::webp, {0, "RIFF"sv}, {8, "WEBPVP"sv}},
    Magic{ImageFormat::png, {0, "\x89PNG\r\n\x1A\n"sv}},
    Magic{ImageFormat::jpeg, {0, "\xFF\xD8\xFF"sv}},
    // TIFF 6.0 §2, and BigTIFF with version 43.
    Magic{ImageFormat::tiff, {0, "II*\x00"sv}},
    Magic{ImageFormat::tiff, {0, "MM\x00*"sv}},
    Magic{ImageFormat::tiff, {0, "II+\x00"sv}},
    Magic{ImageFormat::tiff, {0, "MM\x00+"sv}},
    // ISO/IEC 18181-1 (bare code stream) and 18181-2 §9.1 (container).
    Magic{ImageFormat::jpeg_xl, {0, "\xFF\x0A"sv}},
    Magic{ImageFormat::jpeg_xl, {0, "\x00\x00\x00\x0CJXL \r\n\x87\n"sv}},
    // Adobe Photoshop File Formats Specification: version 1 is PSD, version 2 PSB.
    Magic{ImageFormat::psd, {0, "8BPS\x00\x01"sv}},
    Magic{ImageFormat::psd, {0, "8BPS\x00\x02"sv}},
};

bool matches(ByteView bytes, const Part& part) noexcept {
  if (bytes.size() < part.offset + part.bytes.size()) return false;
  const auto expected = as_bytes(part.bytes);
  return std::equal(expected.begin(), expected.end(),
                    bytes.begin() + static_cast<std::ptrdiff_t>(part.offset));
}

}  // namespace

std::optional<ImageFormat> sniff(ByteView leading) noexcept {
  for (const Magic& magic : magics) {
    if (matches(leading, magic.first) && matches(leading, magic.second)) return magic.format;
  }
  if (const auto format = format_of_brands(leading)) return format;
  if (scan_svg_prolog(leading).root == XmlRoot::svg) return ImageFormat::svg;
  return std::nullopt;
}

}  // namespace imagegallery
