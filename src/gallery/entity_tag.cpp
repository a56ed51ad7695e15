// SPDX-License-Identifier: Apache-2.0
#include "gallery/entity_tag.hpp"

#include "gallery/image_names.hpp"

namespace imagegallery {

bool names_etag(std::string_view field_value, std::string_view etag, bool strong) noexcept {
  auto rest = trimmed(field_value);
  if (rest == "*") return true;
  while (!rest.empty()) {
    const bool weak = rest.starts_with("W/");
    if (weak) rest.remove_prefix(2);
    if (rest.starts_with('"')) {
      const auto end = rest.find('"', 1);
      if (end == std::string_view::npos) return false;
      if (rest.substr(1, end - 1) == etag && !(weak && strong)) return true;
      rest.remove_prefix(end + 1);
    }
    const auto comma = rest.find(',');
    if (comma == std::string_view::npos) return false;
    rest = trimmed(rest.substr(comma + 1));
  }
  return false;
}

}  // namespace imagegallery
