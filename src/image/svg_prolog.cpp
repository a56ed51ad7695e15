// SPDX-License-Identifier: Apache-2.0
#include "image/svg_prolog.hpp"

#include "image/xml_characters.hpp"

namespace imagegallery {
namespace {

bool is_space(int c) noexcept { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool starts_name(int c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' ||
         c == XmlCharacters::other;
}

bool continues_name(int c) noexcept {
  return starts_name(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

class Scanner {
 public:
  explicit Scanner(ByteView bytes) noexcept : characters_(bytes) {}

  SvgProlog scan() noexcept {
    result_.root = scan_to_root();
    if (result_.root == XmlRoot::svg) scan_attributes();
    return result_;
  }

 private:
  XmlRoot scan_to_root() noexcept {
    while (true) {
      skip_spaces();
      if (at_end()) return any_markup_ ? XmlRoot::incomplete : XmlRoot::none;
      if (!take_if('<')) return XmlRoot::none;
      if (starts_name(characters_.peek())) return scan_root_name();
      XmlRoot end = XmlRoot::none;
      if (take_if('?')) {
        skip_past("?>");
      } else if (!take_if('!')) {
        return at_end() ? XmlRoot::incomplete : XmlRoot::none;
      } else if (take_if('-')) {
        if (!take_if('-')) return at_end() ? XmlRoot::incomplete : XmlRoot::none;
        skip_past("-->");
      } else if (!scan_document_type(end)) {
        return end;
      }
      any_markup_ = true;
    }
  }

  XmlRoot scan_root_name() noexcept {
    while (continues_name(characters_.peek())) {
      const int c = characters_.take();
      if (c == ':') {
        result_.name = {};
      } else {
        result_.name.append(c == XmlCharacters::other ? '?' : static_cast<char>(c));
      }
    }
    if (at_end()) return XmlRoot::incomplete;
    return result_.name.view() == "svg" ? XmlRoot::svg : XmlRoot::other;
  }

  /// False, with the result in `end`, if the search for the root element ends here.
  bool scan_document_type(XmlRoot& end) noexcept {
    for (const char expected : std::string_view("DOCTYPE")) {
      if (!take_if(expected)) {
        end = at_end() ? XmlRoot::incomplete : XmlRoot::none;
        return false;
      }
    }
    skip_spaces();
    while (continues_name(characters_.peek())) {
      result_.document_type.append(static_cast<char>(characters_.take()));
    }
    while (!at_end()) {
      const int c = characters_.take();
      if (c == '>') return true;
      if (c == '"' || c == '\'') skip_past_character(c);
      if (c == '[') {
        end = XmlRoot::internal_subset;
        return false;
      }
    }
    end = XmlRoot::incomplete;
    return false;
  }

  void scan_attributes() noexcept {
    while (true) {
      const bool separated = is_space(characters_.peek());
      skip_spaces();
      if (at_end()) return;
      if (take_if('/')) {
        result_.malformed = !take_if('>') && !at_end();
        result_.start_tag_ended = true;
        return;
      }
      if (take_if('>')) {
        result_.start_tag_ended = true;
        return;
      }
      if (!separated || !scan_attribute()) {
        result_.malformed = !at_end();
        return;
      }
    }
  }

  bool scan_attribute() noexcept {
    if (!starts_name(characters_.peek())) return false;
    ShortText name;
    while (continues_name(characters_.peek())) name.append(static_cast<char>(characters_.take()));
    skip_spaces();
    if (!take_if('=')) return false;
    skip_spaces();
    const int quote = characters_.take();
    if (quote != '"' && quote != '\'') return false;
    ShortText value;
    while (!at_end() && characters_.peek() != quote) {
      const int c = characters_.take();
      if (c == '<') return false;
      value.append(static_cast<char>(c));
    }
    if (!take_if(quote)) return false;
    if (name.view() == "width") result_.width = value;
    if (name.view() == "height") result_.height = value;
    if (name.view() == "viewBox") result_.view_box = value;
    return true;
  }

  bool at_end() const noexcept { return characters_.peek() == XmlCharacters::end; }

  bool take_if(int expected) noexcept {
    if (characters_.peek() != expected) return false;
    characters_.take();
    return true;
  }

  void skip_spaces() noexcept {
    while (is_space(characters_.peek())) characters_.take();
  }

  void skip_past_character(int last) noexcept {
    while (!at_end() && characters_.take() != last) {
    }
  }

  /// Requires: `delimiter` repeats its first character only at its beginning, as "-->" does.
  void skip_past(std::string_view delimiter) noexcept {
    std::size_t matched = 0;
    while (!at_end() && matched < delimiter.size()) {
      const int c = characters_.take();
      if (c == delimiter[matched]) {
        ++matched;
      } else if (matched == 0 || c != delimiter[matched - 1]) {
        matched = c == delimiter[0] ? 1 : 0;
      }
    }
  }

  XmlCharacters characters_;
  SvgProlog result_;
  bool any_markup_ = false;
};

}  // namespace

SvgProlog scan_svg_prolog(ByteView bytes) noexcept { return Scanner(bytes).scan(); }

}  // namespace imagegallery
