// SPDX-License-Identifier: Apache-2.0
#include "previews.hpp"

namespace imagegallery::test {

std::vector<Preview> previews_of(ByteView bytes, const std::vector<PreviewPreset>& presets,
                                 const DecodeBudget& budget) {
  const auto source = make_view_source(bytes);
  return make_previews(*source, read_header(*source), presets, budget);
}

Preview preview_of(ByteView bytes, std::uint32_t max_side, const DecodeBudget& budget) {
  return previews_of(bytes, {{"preview", max_side}}, budget).front();
}

std::optional<Error> error_of_preview(ByteView bytes, const DecodeBudget& budget) {
  try {
    (void)preview_of(bytes, 250, budget);
  } catch (const Error& error) {
    return error;
  }
  return std::nullopt;
}

}  // namespace imagegallery::test
