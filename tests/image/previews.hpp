// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/error.hpp>
#include <imagegallery/preview.hpp>

#include <optional>
#include <vector>

namespace imagegallery::test {

/// Reads the header, then makes the previews, as the gallery does.
[[nodiscard]] std::vector<Preview> previews_of(ByteView bytes,
                                               const std::vector<PreviewPreset>& presets,
                                               const DecodeBudget& budget = {});

[[nodiscard]] Preview preview_of(ByteView bytes, std::uint32_t max_side,
                                 const DecodeBudget& budget = {});

/// The error of making a preview of 250 pixels; nullopt on success.
[[nodiscard]] std::optional<Error> error_of_preview(ByteView bytes,
                                                    const DecodeBudget& budget = {});

}  // namespace imagegallery::test
