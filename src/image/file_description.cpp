// SPDX-License-Identifier: Apache-2.0
#include "image/file_description.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "image/svg_prolog.hpp"
#include "utf8.hpp"

namespace imagegallery {
namespace {

using namespace std::string_view_literals;

struct Signature {
  std::size_t offset;
  std::string_view bytes;
  std::string_view description;
};

constexpr std::array signatures{
    Signature{0, "%PDF-"sv, "a PDF document"},
    Signature{0, "%!PS"sv, "PostScript"},
    Signature{0, "\xC5\xD0\xD3\xC6"sv, "PostScript"},
    Signature{0, "PK\x03\x04"sv, "a ZIP archive"},
    Signature{0, "\x1F\x8B"sv, "gzip data"},
    Signature{0, "Rar!\x1A\x07"sv, "a RAR archive"},
    Signature{0, "7z\xBC\xAF\x27\x1C"sv, "a 7z archive"},
    Signature{0, "\x28\xB5\x2F\xFD"sv, "Zstandard data"},
    Signature{0, "BZh"sv, "bzip2 data"},
    Signature{0,
              "\xFD"
              "7zXZ\x00"sv,
              "XZ data"},
    Signature{0,
              "\x7F"
              "ELF"sv,
              "an ELF program"},
    Signature{0, "MZ"sv, "a Windows program"},
    Signature{0, "SQLite format 3\x00"sv, "an SQLite database"},
    Signature{0, "\x00\x00\x00\x0CjP  "sv, "a JPEG 2000 image"},
    Signature{0, "\xFF\x4F\xFF\x51"sv, "a JPEG 2000 image"},
    Signature{0, "v/1\x01"sv, "an OpenEXR image"},
    Signature{0, "qoif"sv, "a QOI image"},
    Signature{0, "DDS "sv, "a DDS texture"},
    Signature{0, "\xD7\xCD\xC6\x9A"sv, "a Windows metafile"},
    Signature{40, " EMF"sv, "a Windows metafile"},
    Signature{8, "WAVE"sv, "WAVE audio"},
    Signature{8, "AVI "sv, "AVI video"},
    Signature{4, "ftypmif1"sv, "a HEIF image of an unknown codec"},
    Signature{4, "ftyp"sv, "MP4 video or another ISO base media file"},
    Signature{0, "\x1A\x45\xDF\xA3"sv, "Matroska or WebM video"},
    Signature{0, "OggS"sv, "Ogg media"},
    Signature{0, "ID3"sv, "MP3 audio"},
    Signature{0, "fLaC"sv, "FLAC audio"},
};

bool matches(ByteView bytes, const Signature& signature) noexcept {
  const auto expected = as_bytes(signature.bytes);
  return bytes.size() >= signature.offset + expected.size() &&
         std::equal(expected.begin(), expected.end(),
                    bytes.begin() + static_cast<std::ptrdiff_t>(signature.offset));
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::string_view trimmed_text(ByteView bytes) {
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  return text;
}

bool is_html(std::string_view text) {
  static constexpr std::array prefixes{"<!doctype html"sv, "<html"sv,  "<head"sv, "<body"sv,
                                       "<script"sv,        "<title"sv, "<div"sv};
  const std::string start = lower(text.substr(0, 16));
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return start.starts_with(prefix); });
}

bool is_text(std::string_view text) {
  // The end of the window may split the last character.
  const auto whole = utf8_prefix(text, text.size());
  const auto checked = text.size() >= 4 ? whole.substr(0, text.size() - 3) : whole;
  std::size_t at = 0;
  while (at < checked.size()) {
    const auto c = next_character(text, at);
    if (!c) return false;
    if (*c < 0x20 && *c != '\t' && *c != '\r' && *c != '\n') return false;
  }
  return true;
}

std::string hexadecimal(ByteView bytes) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  for (const std::byte byte : bytes) {
    const auto value = std::to_integer<unsigned>(byte);
    if (!text.empty()) text += ' ';
    text += digits[value >> 4];
    text += digits[value & 15];
  }
  return text;
}

}  // namespace

std::string describe_file(ByteView leading) {
  if (leading.empty()) return "the file is empty";
  for (const Signature& signature : signatures) {
    if (matches(leading, signature)) return "it looks like " + std::string(signature.description);
  }
  const auto text = trimmed_text(leading);
  if (is_html(text)) return "it looks like HTML";
  const SvgProlog prolog = scan_svg_prolog(leading);
  if (prolog.root == XmlRoot::other) {
    return "XML with root element '" + std::string(prolog.name.view()) + "', not 'svg'";
  }
  if (prolog.root == XmlRoot::incomplete) return "XML without a root element";
  if (text.empty()) return "the file is blank";
  if (is_text(text)) return "it looks like text";
  return "it starts with the bytes " +
         hexadecimal(leading.first(std::min<std::size_t>(leading.size(), 12)));
}

}  // namespace imagegallery
