// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/preview.hpp>

#include <algorithm>
#include <imagegallery/error.hpp>
#include <memory>
#include <utility>

#include "image/encoders.hpp"
#include "image/metadata.hpp"
#include "image/orientation.hpp"
#include "image/preview_size.hpp"
#include "image/resampler.hpp"
#include "image/row_reader.hpp"

namespace imagegallery {
namespace {

Preview original_as_preview(const PreviewPreset& preset, const ImageHeader& header) {
  return {preset.name, header.format, header.width, header.height, std::nullopt};
}

std::vector<Preview> originals_as_previews(std::span<const PreviewPreset> presets,
                                           const ImageHeader& header) {
  std::vector<Preview> previews;
  for (const PreviewPreset& preset : presets) {
    previews.push_back(original_as_preview(preset, header));
  }
  return previews;
}

/// Null if there is no built-in decoder for the file.
std::unique_ptr<RowReader> open_rows(const ByteSource& source, ImageFormat format, Size largest,
                                     DecodeMeter& meter) {
  switch (format) {
    case ImageFormat::jpeg:
      return read_jpeg_rows(source, meter, largest.width, largest.height);
    case ImageFormat::png:
      return read_png_rows(source, meter);
    case ImageFormat::gif:
      return read_gif_rows(source, meter);
    default:
      return nullptr;
  }
}

std::vector<Raster> shrink_rows(RowReader& rows, std::span<const Size> sizes, DecodeMeter& meter) {
  const RowLayout& layout = rows.layout();
  std::vector<std::unique_ptr<Resampler>> resamplers;
  for (const Size size : sizes) {
    meter.claim_memory(Resampler::memory_need(layout, size.width, size.height));
    resamplers.push_back(std::make_unique<Resampler>(layout, size.width, size.height));
  }
  meter.claim_memory(layout.row_bytes());
  std::vector<std::uint8_t> row(layout.row_bytes());
  for (std::uint32_t y = 0; y < layout.height; ++y) {
    rows.read_row(row);
    for (const auto& resampler : resamplers) resampler->add_row(row);
    meter.spend(row.size() * resamplers.size() / 4);
  }
  rows.finish();
  std::vector<Raster> rasters;
  for (const auto& resampler : resamplers) rasters.push_back(resampler->finish());
  return rasters;
}

bool is_opaque(const Raster& raster) noexcept {
  if (raster.channels != 2 && raster.channels != 4) return true;
  for (std::size_t i = raster.channels - 1; i < raster.samples.size(); i += raster.channels) {
    if (raster.samples[i] != 255) return false;
  }
  return true;
}

void drop_alpha(Raster& raster) {
  if (raster.channels != 2 && raster.channels != 4) return;
  const std::size_t colors = raster.channels - 1;
  std::size_t to = 0;
  for (std::size_t from = 0; from < raster.samples.size(); from += colors + 1) {
    for (std::size_t c = 0; c < colors; ++c) raster.samples[to++] = raster.samples[from + c];
  }
  raster.channels -= 1;
  raster.samples.resize(to);
}

Preview encode(const PreviewPreset& preset, Raster raster, DecodeMeter& meter) {
  Preview preview{preset.name, ImageFormat::png, raster.width, raster.height, std::nullopt};
  if (is_opaque(raster)) {
    drop_alpha(raster);
    preview.format = ImageFormat::jpeg;
    preview.bytes = encode_jpeg(raster, meter);
  } else {
    preview.bytes = encode_png(raster, meter);
  }
  return preview;
}

}  // namespace

std::vector<Preview> make_previews(const ByteSource& source, const ImageHeader& header,
                                   std::span<const PreviewPreset> presets,
                                   const DecodeBudget& budget) {
  DecodeMeter meter(budget);
  // The size of an SVG is in CSS units: it costs no memory.
  if (header.format != ImageFormat::svg) meter.check_size(header.width, header.height);
  meter.check_frames(header.frames);
  if (presets.empty()) return {};

  const Size upright{header.width, header.height};
  const Size image = as_stored(upright, header.orientation);
  std::vector<Size> sizes;
  Size largest;
  for (const PreviewPreset& preset : presets) {
    sizes.push_back(fit(image, preset.max_side));
    largest.width = std::max(largest.width, sizes.back().width);
    largest.height = std::max(largest.height, sizes.back().height);
  }
  const auto rows = open_rows(source, header.format, largest, meter);
  if (!rows) return originals_as_previews(presets, header);
  const RowLayout& layout = rows->layout();
  if (layout.image_width != image.width || layout.image_height != image.height) {
    throw Error(ErrorCode::broken_image,
                "The decoded image size differs from the size in the header");
  }

  std::vector<Raster> rasters = shrink_rows(*rows, sizes, meter);
  const bool can_serve_itself = !carries_metadata(source, header.format);
  std::vector<Preview> previews;
  for (std::size_t i = 0; i < presets.size(); ++i) {
    if (header.orientation != 1) meter.claim_memory(rasters[i].samples.size());
    Raster raster = apply_orientation(std::move(rasters[i]), header.orientation);
    Preview preview = encode(presets[i], std::move(raster), meter);
    const bool fits = std::max(upright.width, upright.height) <= presets[i].max_side;
    if (fits && can_serve_itself && source.size() <= preview.bytes->size()) {
      preview = original_as_preview(presets[i], header);
    }
    previews.push_back(std::move(preview));
  }
  meter.check_cpu_time();
  return previews;
}

}  // namespace imagegallery
