// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/image.hpp>

#include <optional>
#include <string_view>

namespace imagegallery {

/// The name of a sub type in JSON and in queries.
[[nodiscard]] constexpr std::string_view sub_type_name(ImageSubType sub_type) noexcept {
  return sub_type == ImageSubType::scada_symbol ? "SCADA_SYMBOL" : "IMAGE";
}

/// Parses the name of a sub type; nullopt for any other text.
[[nodiscard]] constexpr std::optional<ImageSubType> parse_sub_type(std::string_view name) noexcept {
  if (name == "IMAGE") return ImageSubType::image;
  if (name == "SCADA_SYMBOL") return ImageSubType::scada_symbol;
  return std::nullopt;
}

}  // namespace imagegallery
