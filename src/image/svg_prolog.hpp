// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>

#include <array>
#include <cstddef>
#include <string_view>

namespace imagegallery {

/// A short text stored without allocation. Longer text is truncated, and `cut` is true.
class ShortText {
 public:
  void append(char character) noexcept {
    if (size_ < characters_.size()) {
      characters_[size_++] = character;
    } else {
      cut_ = true;
    }
  }
  [[nodiscard]] std::string_view view() const noexcept { return {characters_.data(), size_}; }
  [[nodiscard]] bool cut() const noexcept { return cut_; }

 private:
  std::array<char, 128> characters_{};
  std::size_t size_ = 0;
  bool cut_ = false;
};

/// What follows the prolog of an XML document.
enum class XmlRoot {
  svg,              ///< A root element named "svg", with or without a prefix.
  other,            ///< A root element of another name.
  internal_subset,  ///< A document type with an internal subset, before any root element.
  incomplete,       ///< The bytes end before the root element's name does.
  none,             ///< Not the beginning of an XML document.
};

/// The beginning of a document up to the end of its root element's start tag.
struct SvgProlog {
  XmlRoot root = XmlRoot::none;
  ShortText name;                ///< The root element's name, without its prefix.
  ShortText document_type;       ///< The name in `<!DOCTYPE name`; empty without one.
  bool start_tag_ended = false;  ///< Whether the bytes contain the whole start tag.
  bool malformed = false;        ///< Whether the start tag violates XML's grammar.
  ShortText width;               ///< Attributes of the start tag; empty if absent.
  ShortText height;
  ShortText view_box;
};

/// Parses the XML declaration, comments, processing instructions, an external document type (which
/// is not fetched) and the root element's start tag, in UTF-8, UTF-16, UTF-32, EBCDIC or any
/// ASCII-compatible encoding (XML 1.0 appendix F). Never allocates, never reads past `bytes`.
[[nodiscard]] SvgProlog scan_svg_prolog(ByteView bytes) noexcept;

}  // namespace imagegallery
