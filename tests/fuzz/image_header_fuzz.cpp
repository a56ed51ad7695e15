// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/error.hpp>
#include <imagegallery/image_format.hpp>

#include <algorithm>
#include <cstdlib>
#include <span>

using namespace imagegallery;

/// Any bytes yield a header of the sniffed format or one of two errors.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes = std::as_bytes(std::span(data, size));
  const auto sniffed = sniff(bytes.first(std::min(bytes.size(), sniff_window)));
  try {
    const ImageHeader header = read_header(*make_view_source(bytes));
    const bool is_svg = header.format == ImageFormat::svg;
    if (sniffed != header.format && !is_svg) std::abort();
    if (!is_svg && (header.width == 0 || header.height == 0)) std::abort();
    if (header.orientation < 1 || header.orientation > 8 || header.frames == 0) std::abort();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::broken_image && error.code() != ErrorCode::unsupported_format) {
      std::abort();
    }
  }
  return 0;
}
