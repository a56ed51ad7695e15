// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/image_format.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "catch.hpp"

using namespace imagegallery;
using std::string_view_literals::operator""sv;

namespace {

constexpr std::array all_formats{
    ImageFormat::png,  ImageFormat::jpeg,    ImageFormat::gif, ImageFormat::webp, ImageFormat::svg,
    ImageFormat::bmp,  ImageFormat::ico,     ImageFormat::cur, ImageFormat::tiff, ImageFormat::avif,
    ImageFormat::heic, ImageFormat::jpeg_xl, ImageFormat::psd};

struct Vector {
  std::string_view bytes;
  std::optional<ImageFormat> format;
};

std::optional<ImageFormat> sniff_text(std::string_view bytes) { return sniff(as_bytes(bytes)); }

std::string in_utf_16(std::string_view text, bool little) {
  std::string result;
  for (const char c : text) {
    if (!little) result += '\0';
    result += c;
    if (little) result += '\0';
  }
  return result;
}

}  // namespace

TEST_CASE("Media types map to formats and back") {
  for (const ImageFormat format : all_formats) {
    CAPTURE(media_type(format));
    CHECK(format_of_media_type(media_type(format)) == format);
    CHECK_FALSE(file_extension(format).empty());
  }
  CHECK(media_type(ImageFormat::svg) == "image/svg+xml");
  CHECK(file_extension(ImageFormat::jpeg) == "jpg");
  CHECK_FALSE(format_of_media_type("image/"));
  CHECK_FALSE(format_of_media_type("IMAGE/PNG"));
  CHECK_FALSE(format_of_media_type(""));
}

// The patterns of WHATWG MIME Sniffing §6.1, and similar bytes that must not match.
TEST_CASE("Image types are detected by their magic bytes alone") {
  const Vector vector = GENERATE(
      Vector{"\x00\x00\x01\x00"sv, ImageFormat::ico},
      Vector{"\x00\x00\x02\x00"sv, ImageFormat::cur}, Vector{"BM"sv, ImageFormat::bmp},
      Vector{"GIF87a"sv, ImageFormat::gif}, Vector{"GIF89a"sv, ImageFormat::gif},
      Vector{"RIFF\x00\x00\x00\x00WEBPVP"sv, ImageFormat::webp},
      Vector{"RIFF\x12\x34\x56\x78WEBPVP8L"sv, ImageFormat::webp},
      Vector{"\x89PNG\r\n\x1A\n"sv, ImageFormat::png}, Vector{"\xFF\xD8\xFF"sv, ImageFormat::jpeg},
      Vector{"\xFF\xD8\xFF\xE0\x00\x00JFIF\x00"sv, ImageFormat::jpeg},
      Vector{"II*\x00"sv, ImageFormat::tiff}, Vector{"MM\x00*"sv, ImageFormat::tiff},
      Vector{"II+\x00"sv, ImageFormat::tiff}, Vector{"MM\x00+"sv, ImageFormat::tiff},
      Vector{"\xFF\x0A"sv, ImageFormat::jpeg_xl},
      Vector{"\x00\x00\x00\x0CJXL \r\n\x87\n"sv, ImageFormat::jpeg_xl},
      Vector{"8BPS\x00\x01"sv, ImageFormat::psd}, Vector{"8BPS\x00\x02"sv, ImageFormat::psd},
      Vector{"\x00\x00\x00\x10"
             "ftypavif\x00\x00\x00\x00"sv,
             ImageFormat::avif},
      Vector{"\x00\x00\x00\x18"
             "ftyp\x00\x00\x00\x00\x00\x00\x00\x00"
             "avif\x00\x00\x00\x00"sv,
             ImageFormat::avif},
      Vector{"\x00\x00\x00\x18"
             "ftypmif1\x00\x00\x00\x00mif1heic"sv,
             ImageFormat::heic},
      Vector{""sv, {}}, Vector{"B"sv, {}}, Vector{"GIF88a"sv, {}}, Vector{"GIF8"sv, {}},
      Vector{"RIFF\x00\x00\x00\x00WEBP"sv, {}}, Vector{"RIFF\x00\x00\x00\x00WAVE"sv, {}},
      Vector{"\x89PNG\r\n\x1A"sv, {}}, Vector{"\xFF\xD8"sv, {}}, Vector{"II*"sv, {}},
      Vector{"I I"sv, {}}, Vector{"8BPS\x00\x03"sv, {}}, Vector{"\x00\x00\x00\x00"sv, {}},
      Vector{"\x00\x00\x00\x10"
             "ftypmp42\x00\x00\x00\x00"sv,
             {}},
      Vector{"\x00\x00\x00\x0C"
             "ftypavif\x00\x00\x00\x00"sv,
             {}},
      // The second brand is outside the box of 16 bytes.
      Vector{"\x00\x00\x00\x10"
             "ftypmp42\x00\x00\x00\x00"
             "avif"sv,
             {}},
      Vector{"%PDF-1.7"sv, {}}, Vector{"PK\x03\x04"sv, {}});
  CAPTURE(std::string(vector.bytes));
  CHECK(sniff_text(vector.bytes) == vector.format);
}

TEST_CASE("An SVG is detected by its root element, whatever comes before it") {
  const auto* const text =
      GENERATE("<svg/>", "<svg>", "<svg xmlns=\"http://www.w3.org/2000/svg\">",
               "\xEF\xBB\xBF<svg >", " \t\r\n<svg\n>", "<?xml version=\"1.0\"?><svg>",
               "<?xml version='1.0' encoding='ISO-8859-1'?>\n<!-- \xE9t\xE9 --><svg>",
               "<!-- a -- > -> --><svg>", "<!----><!-- --><svg>", "<!-- a ---><svg>",
               "<!-- ----><svg>", "<?a ?b? >?><svg>", "<?a ?\?><svg>", "<!DOCTYPE svg><svg>",
               "<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" "
               "\"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd\"><svg>",
               "<!DOCTYPE svg SYSTEM '>[' ><svg>",
               "<svg:svg xmlns:svg='http://www.w3.org/2000/svg'>", "<svg width='1", "<svg x");
  CAPTURE(text);
  CHECK(sniff_text(text) == ImageFormat::svg);
}

TEST_CASE("Other documents and texts are not SVG") {
  const auto* const text = GENERATE(
      "<", "<s", "<svg", "<svgs>", "<SVG>", "<html><svg></html>", "<!DOCTYPE html><svg2>",
      "<!-- <svg> -->", "<!-- -><svg>", "<!-- --a><svg>", "<?a ?b><svg>", "<?xml version='1.0'?>",
      "text <svg>", "<rss><svg/></rss>", "< svg>", "<!doctype svg><svg>", "<![CDATA[<svg>]]>",
      "<:svg", "{\"svg\": 1}", "<!DOCTYPE svg [<!ENTITY a \"b\">]><svg>");
  CAPTURE(text);
  CHECK_FALSE(sniff_text(text));
}

TEST_CASE("An SVG may be in any XML encoding") {
  const std::string_view text = "<?xml version='1.0'?><!-- x --><svg width='5'/>";
  CHECK(sniff_text(in_utf_16(text, true)) == ImageFormat::svg);
  CHECK(sniff_text(in_utf_16(text, false)) == ImageFormat::svg);
  CHECK(sniff_text("\xFF\xFE" + in_utf_16(text, true)) == ImageFormat::svg);
  CHECK(sniff_text("\xFE\xFF" + in_utf_16(text, false)) == ImageFormat::svg);
  CHECK_FALSE(sniff_text("\xFF\xFE" + in_utf_16(text, false)));
  const std::string utf_32 = in_utf_16(in_utf_16(text, true), true);
  CHECK(sniff_text(utf_32) == ImageFormat::svg);
  // "<?xml version='1.0'?><svg/>" in code page 037.
  CHECK(sniff_text("\x4C\x6F\xA7\x94\x93\x40\xA5\x85\x99\xA2\x89\x96\x95\x7E\x7D\xF1\x4B\xF0\x7D"
                   "\x6F\x6E\x4C\xA2\xA5\x87\x61\x6E") == ImageFormat::svg);
  // A comment with the bytes of "-->" in two-byte characters of ISO-2022-JP.
  CHECK(sniff_text("<!-- \x1B$B-->\x1B(B --><svg/>") == ImageFormat::svg);
}

TEST_CASE("Sniffing a prefix of a file never reads past its end") {
  const std::string whole =
      "\xEF\xBB\xBF<?xml version='1.0'?><!-- c --><!DOCTYPE svg PUBLIC \"a\" 'b'><svg width='1'>";
  const std::size_t named = whole.find("<svg ") + 5;
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    const std::string exact(whole, 0, length);
    CAPTURE(exact);
    CHECK(sniff_text(exact).has_value() == (length >= named));
  }
}
