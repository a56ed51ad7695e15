// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/error.hpp>
#include <imagegallery/preview.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <span>

using namespace imagegallery;

namespace {

void check(const Preview& preview, const ImageHeader& header, const PreviewPreset& preset) {
  if (!preview.bytes) return;
  const ImageHeader own = read_header(*make_view_source(*preview.bytes));
  const std::uint32_t side = std::max(own.width, own.height);
  if (own.format != preview.format || own.width != preview.width || own.height != preview.height ||
      own.orientation != 1 || side > preset.max_side ||
      side > std::max(header.width, header.height)) {
    std::abort();
  }
}

}  // namespace

/// Any bytes yield a preview of each preset that matches its own description, or a typed error.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::array<PreviewPreset, 2> presets{PreviewPreset{"small", 16},
                                                    PreviewPreset{"preview", 100}};
  DecodeBudget budget;
  budget.max_pixels = 1'000'000;
  budget.max_memory_bytes = 32u << 20;
  budget.max_cpu_time = std::chrono::milliseconds(5000);
  const auto source = make_view_source(std::as_bytes(std::span(data, size)));
  try {
    const ImageHeader header = read_header(*source);
    const auto previews = make_previews(*source, header, presets, budget);
    if (previews.size() != presets.size()) std::abort();
    for (std::size_t i = 0; i < presets.size(); ++i) check(previews[i], header, presets[i]);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::broken_image && error.code() != ErrorCode::unsupported_format &&
        error.code() != ErrorCode::limit_exceeded) {
      std::abort();
    }
  }
  return 0;
}
