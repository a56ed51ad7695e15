// SPDX-License-Identifier: Apache-2.0
#include "image/metadata.hpp"

#include <algorithm>
#include <array>
#include <imagegallery/error.hpp>
#include <string_view>

#include "image/gif_structure.hpp"
#include "image/jpeg_segments.hpp"
#include "image/png_chunks.hpp"

namespace imagegallery {
namespace {

using namespace std::string_view_literals;

// An allow list: unknown chunks count as metadata, so that new kinds cannot slip through.
constexpr std::array harmless_chunks{fourcc("IHDR"), fourcc("PLTE"), fourcc("IDAT"), fourcc("IEND"),
                                     fourcc("tRNS"), fourcc("cHRM"), fourcc("gAMA"), fourcc("iCCP"),
                                     fourcc("sBIT"), fourcc("sRGB"), fourcc("cICP"), fourcc("mDCV"),
                                     fourcc("cLLI"), fourcc("bKGD"), fourcc("hIST"), fourcc("pHYs"),
                                     fourcc("acTL"), fourcc("fcTL"), fourcc("fdAT")};

bool png_carries_metadata(ByteReader& reader) {
  PngChunks chunks(reader);
  PngChunk chunk;
  while (chunks.next(chunk)) {
    const auto* const found = std::find(harmless_chunks.begin(), harmless_chunks.end(), chunk.type);
    if (found == harmless_chunks.end()) return true;
  }
  return chunks.end() != reader.size();
}

bool starts_with(ByteReader& reader, const JpegSegment& segment, std::string_view text) {
  if (segment.length < text.size()) return false;
  reader.seek(segment.data);
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return reader.u8() == static_cast<std::uint8_t>(c); });
}

bool is_harmless(ByteReader& reader, const JpegSegment& segment) {
  switch (segment.marker) {
    case jpeg_app_0:
      // 14 bytes: no thumbnail after the fields.
      return segment.length == 14 && starts_with(reader, segment, "JFIF\0"sv);
    case jpeg_app_2:
      return starts_with(reader, segment, "ICC_PROFILE\0"sv);
    case jpeg_app_14:
      return segment.length == 12 && starts_with(reader, segment, "Adobe"sv);
    default:
      return segment.marker < jpeg_app_0;
  }
}

bool jpeg_carries_metadata(ByteReader& reader) {
  JpegSegments segments(reader);
  JpegSegment segment;
  while (segments.next(segment)) {
    if (!is_harmless(reader, segment)) return true;
  }
  return segments.saw_stray_bytes() || segments.end() != reader.size();
}

bool gif_carries_metadata(ByteReader& reader) {
  const GifStructure gif = read_gif_structure(reader);
  return gif.carries_metadata || gif.end != reader.size();
}

}  // namespace

bool carries_metadata(const ByteSource& source, ImageFormat format) {
  ByteReader reader(source, file_extension(format));
  try {
    if (format == ImageFormat::png) return png_carries_metadata(reader);
    if (format == ImageFormat::jpeg) return jpeg_carries_metadata(reader);
    if (format == ImageFormat::gif) return gif_carries_metadata(reader);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::broken_image) throw;
  }
  return true;
}

}  // namespace imagegallery
