// SPDX-License-Identifier: Apache-2.0
#include "image/decode_memory.hpp"

#include <algorithm>
#include <array>
#include <imagegallery/error.hpp>
#include <vector>

#include "image/byte_reader.hpp"
#include "image/gif_structure.hpp"
#include "image/jpeg_segments.hpp"
#include "image/preview_size.hpp"
#include "image/resampler.hpp"

namespace imagegallery {
namespace {

// The own buffers of the decoder and the encoder (most in deflate), apart from rows and images.
constexpr std::uint64_t fixed_bytes = 1u << 20;

/// The rows that a decoder returns, and the memory that it holds meanwhile.
struct DecoderNeed {
  RowLayout layout;
  std::uint64_t bytes = 0;
};

DecoderNeed need_of_png(const ByteSource& source, Size image) {
  ByteReader reader(source, "PNG");
  reader.seek(25);
  const unsigned color_type = reader.u8();
  reader.seek(28);
  const bool interlaced = reader.u8() != 0;
  // With alpha: a transparent colour may follow in a later chunk.
  const unsigned channels = (color_type & 2) != 0 ? 4 : 2;
  const auto layout = RowLayout::of_image(image.width, image.height, channels);
  std::uint64_t bytes = std::uint64_t{image.width} * 16;
  if (interlaced) bytes += layout.row_bytes() * image.height;
  return {layout, bytes};
}

DecoderNeed need_of_gif(const ByteSource& source, Size image) {
  ByteReader reader(source, "GIF");
  const auto structure = read_gif_structure(reader);
  // It may be interlaced, and then the whole frame is held.
  const std::uint64_t frame =
      std::uint64_t{structure.frame_width} * (std::uint64_t{structure.frame_height} + 1);
  return {RowLayout::of_image(image.width, image.height, 4), frame};
}

std::uint64_t divide_up(std::uint64_t value, std::uint64_t by) noexcept {
  return (value + by - 1) / by;
}

struct JpegFrame {
  unsigned components = 4;
  std::array<unsigned, 4> across{1, 1, 1, 1};  // The sampling factors of each component.
  std::array<unsigned, 4> down{1, 1, 1, 1};
  bool has_scans = true;  // More than one: libjpeg then holds all coefficients.
};

JpegFrame read_jpeg_frame(const ByteSource& source) {
  ByteReader reader(source, "JPEG");
  JpegSegments segments(reader);
  JpegSegment segment;
  JpegFrame frame;
  bool sequential = false;
  while (segments.next(segment) && segment.marker != jpeg_eoi) {
    if (segment.length == 0) continue;
    reader.seek(segment.data);
    if (segment.is_frame() && segment.length >= 6) {
      // SOF0, 1 and 9 are sequential; the other supported ones are progressive.
      const unsigned process = segment.marker - jpeg_sof_0;
      sequential = process == 0 || process == 1 || process == 9;
      reader.skip(5);
      frame.components = std::clamp<unsigned>(reader.u8(), 1, 4);
      for (unsigned i = 0; i < frame.components && segment.length >= 6 + 3 * (i + 1); ++i) {
        reader.skip(1);
        const unsigned factors = reader.u8();
        frame.across[i] = std::clamp(factors >> 4, 1u, 4u);
        frame.down[i] = std::clamp(factors & 15, 1u, 4u);
        reader.skip(1);
      }
    } else if (segment.marker == jpeg_sos) {
      frame.has_scans = !sequential || reader.u8() < frame.components;
      break;
    }
  }
  return frame;
}

std::uint64_t coefficient_bytes(const JpegFrame& frame, Size image) {
  constexpr std::uint64_t block_bytes = 128;
  const unsigned max_across = *std::max_element(frame.across.begin(), frame.across.end());
  const unsigned max_down = *std::max_element(frame.down.begin(), frame.down.end());
  // Whole rows and columns of interleaved units.
  const std::uint64_t units =
      divide_up(image.width, 8 * max_across) * divide_up(image.height, 8 * max_down);
  std::uint64_t blocks = 0;
  for (unsigned i = 0; i < frame.components; ++i) blocks += frame.across[i] * frame.down[i];
  return units * blocks * block_bytes;
}

DecoderNeed need_of_jpeg(const ByteSource& source, Size image, Size largest) {
  const auto frame = read_jpeg_frame(source);
  // The decoder scales down as long as the rows are about twice as large as the previews.
  constexpr double oversize = 1.98;
  unsigned scale = 1;
  while (scale < 8 && (image.width * scale / 8.0 < oversize * largest.width ||
                       image.height * scale / 8.0 < oversize * largest.height)) {
    scale *= 2;
  }
  const auto scaled = [scale](std::uint32_t side) {
    return static_cast<std::uint32_t>(divide_up(std::uint64_t{side} * scale, 8));
  };
  DecoderNeed need{.layout = {.width = scaled(image.width),
                              .height = scaled(image.height),
                              .channels = frame.components == 1 ? 1u : 3u,
                              .image_width = image.width,
                              .image_height = image.height,
                              .picture_width = image.width * scale / 8.0,
                              .picture_height = image.height * scale / 8.0}};
  need.bytes = std::uint64_t{need.layout.width} * (40 * frame.components + 4);
  if (frame.has_scans) need.bytes += coefficient_bytes(frame, image);
  return need;
}

DecoderNeed need_of(const ByteSource& source, ImageFormat format, Size image, Size largest) {
  switch (format) {
    case ImageFormat::jpeg:
      return need_of_jpeg(source, image, largest);
    case ImageFormat::gif:
      return need_of_gif(source, image);
    default:
      return need_of_png(source, image);
  }
}

/// Of the resampler, the encoder and its output.
std::uint64_t preview_bytes(const RowLayout& layout, Size size) {
  const std::uint64_t padded =
      (std::uint64_t{size.width} + 15) * (std::uint64_t{size.height} + 15) * layout.channels;
  const std::uint64_t coefficients = padded * sizeof(std::int16_t);
  const std::uint64_t turned = padded;
  const std::uint64_t encoded = 2 * padded;
  return Resampler::memory_need(layout, size.width, size.height) + coefficients + turned + encoded;
}

}  // namespace

bool has_decoder(ImageFormat format) noexcept {
  return format == ImageFormat::jpeg || format == ImageFormat::png || format == ImageFormat::gif;
}

std::uint64_t estimate_decode_memory(const ByteSource& source, const ImageHeader& header,
                                     std::span<const PreviewPreset> presets,
                                     const DecodeBudget& budget) {
  if (!has_decoder(header.format) || presets.empty()) return 0;
  const auto max = budget.max_memory_bytes;
  const Size image = as_stored({header.width, header.height}, header.orientation);
  // Rejected before anything is allocated.
  const std::uint64_t pixels = std::uint64_t{image.width} * image.height;
  if (pixels > budget.max_pixels || std::max(image.width, image.height) > budget.max_side) return 0;
  constexpr std::uint64_t overflowing = std::uint64_t{1} << 48;
  if (pixels > overflowing) return max;
  std::vector<Size> sizes;
  Size largest;
  for (const auto& preset : presets) {
    sizes.push_back(fit(image, preset.max_side));
    largest.width = std::max(largest.width, sizes.back().width);
    largest.height = std::max(largest.height, sizes.back().height);
  }
  try {
    const auto need = need_of(source, header.format, image, largest);
    std::uint64_t bytes = fixed_bytes + need.bytes + need.layout.row_bytes();
    for (const auto& size : sizes) bytes += preview_bytes(need.layout, size);
    return std::min(bytes, max);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::broken_image) throw;
    return max;  // The decoder reports the damage.
  }
}

}  // namespace imagegallery
