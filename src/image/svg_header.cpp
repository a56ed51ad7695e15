// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <imagegallery/error.hpp>
#include <limits>
#include <optional>

#include "image/header_readers.hpp"
#include "image/svg_prolog.hpp"

namespace imagegallery {
namespace {

/// The root element's start tag must end within this many bytes. Licences and generator comments
/// before it can be long, but not that long.
constexpr std::uint64_t max_prolog_bytes = 1u << 20;

bool is_separator(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',';
}

void skip_separators(std::string_view& text) noexcept {
  while (!text.empty() && is_separator(text.front())) text.remove_prefix(1);
}

/// Parses a number (CSS Values §4.3) and removes it from the front of `text`.
std::optional<double> take_number(std::string_view& text) noexcept {
  skip_separators(text);
  std::string_view digits = text;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  // from_chars also accepts "inf" and "nan", which CSS does not.
  if (error != std::errc() || !std::isfinite(value)) return std::nullopt;
  text = digits.substr(static_cast<std::size_t>(end - digits.data()));
  return value;
}

/// An absolute length (CSS Values §6) in pixels, or a font-relative one with the browsers' default
/// font size of 16 px. nullopt for percentages, which depend on the page, and for invalid text.
std::optional<double> pixels_of(const ShortText& attribute) noexcept {
  struct Unit {
    std::string_view name;
    double pixels;
  };
  static constexpr std::array units{
      Unit{"", 1},    Unit{"px", 1},         Unit{"pt", 96.0 / 72}, Unit{"pc", 16},
      Unit{"in", 96}, Unit{"cm", 96 / 2.54}, Unit{"mm", 96 / 25.4}, Unit{"q", 96 / 101.6},
      Unit{"em", 16}, Unit{"rem", 16},       Unit{"ex", 8},         Unit{"ch", 8},
  };
  std::string_view text = attribute.view();
  if (attribute.cut()) return std::nullopt;
  const auto number = take_number(text);
  if (!number || *number <= 0) return std::nullopt;
  while (!text.empty() && is_separator(text.back())) text.remove_suffix(1);
  const auto matches = [&](const Unit& unit) {
    return std::equal(
        text.begin(), text.end(), unit.name.begin(), unit.name.end(),
        [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
  };
  const auto* const unit = std::find_if(units.begin(), units.end(), matches);
  if (unit == units.end()) return std::nullopt;
  return *number * unit->pixels;
}

struct Size {
  double width = 0;
  double height = 0;
};

std::optional<Size> size_of_view_box(const ShortText& attribute) noexcept {
  std::string_view text = attribute.view();
  std::array<double, 4> values{};
  for (double& value : values) {
    const auto number = take_number(text);
    if (!number) return std::nullopt;
    value = *number;
  }
  if (values[2] <= 0 || values[3] <= 0) return std::nullopt;
  return Size{values[2], values[3]};
}

/// Rounded to whole pixels; at least 1 if `length` is positive.
std::uint32_t whole_pixels(double length) noexcept {
  if (length <= 0) return 0;
  constexpr double largest = std::numeric_limits<std::int32_t>::max();
  return static_cast<std::uint32_t>(std::clamp(std::round(length), 1.0, largest));
}

// SVG 2 §8.12, and CSS Images §5.3 for a dimension computed from the aspect ratio.
Size intrinsic_size(const SvgProlog& prolog) noexcept {
  const auto width = pixels_of(prolog.width);
  const auto height = pixels_of(prolog.height);
  if (width && height) return {*width, *height};
  const auto box = size_of_view_box(prolog.view_box);
  if (!box) return {width.value_or(0), height.value_or(0)};
  if (width) return {*width, *width * box->height / box->width};
  if (height) return {*height * box->width / box->height, *height};
  return *box;
}

[[noreturn]] void reject(const std::string& message) {
  throw Error(ErrorCode::unsupported_format, message);
}

}  // namespace

ImageHeader read_svg_header(const ByteSource& source) {
  SvgProlog prolog;
  Bytes bytes;
  for (std::uint64_t window = 1u << 16;; window = max_prolog_bytes) {
    const std::uint64_t length = std::min(window, source.size());
    bytes.resize(static_cast<std::size_t>(length));
    bytes.resize(source.read_at(0, bytes));
    prolog = scan_svg_prolog(bytes);
    const bool needs_more = prolog.root == XmlRoot::incomplete ||
                            (prolog.root == XmlRoot::svg && !prolog.start_tag_ended);
    if (!needs_more || prolog.malformed || length == source.size() || window == max_prolog_bytes) {
      break;
    }
  }
  switch (prolog.root) {
    case XmlRoot::svg:
      break;
    case XmlRoot::internal_subset:
      reject(
          "SVG: document type declarations inside the file (such as entities) are not supported");
    case XmlRoot::other:
      reject("Not a known image format: XML with root element '" + std::string(prolog.name.view()) +
             "', not 'svg'");
    case XmlRoot::incomplete:
    case XmlRoot::none:
      reject("Not a known image format: XML without a root element in its first " +
             std::to_string(bytes.size()) + " bytes");
  }
  if (prolog.malformed) {
    throw Error(ErrorCode::broken_image, "SVG: the start tag of the root element is malformed");
  }
  if (!prolog.start_tag_ended) {
    throw Error(ErrorCode::broken_image,
                "SVG: unexpected end of file in the start tag of the root element");
  }
  const Size size = intrinsic_size(prolog);
  ImageHeader header;
  header.format = ImageFormat::svg;
  header.width = whole_pixels(size.width);
  header.height = whole_pixels(size.height);
  header.has_alpha = true;
  return header;
}

}  // namespace imagegallery
