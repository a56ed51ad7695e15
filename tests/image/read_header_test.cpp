// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/error.hpp>
#include <imagegallery/image_format.hpp>

#include <map>
#include <string>
#include <string_view>

#include "catch.hpp"
#include "test_images.hpp"

using namespace imagegallery;
using test::image_file;
using std::string_view_literals::operator""sv;

namespace {

ImageHeader header_of(ByteView bytes) { return read_header(*make_view_source(bytes)); }
ImageHeader header_of(std::string_view text) { return header_of(as_bytes(text)); }

/// The error of reading that header. Fails the test if there is none.
Error error_of(std::string_view text) {
  try {
    (void)header_of(text);
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error");
  throw std::logic_error("unreachable");
}

ImageHeader header(ImageFormat format, std::uint32_t width, std::uint32_t height,
                   std::uint32_t orientation, std::uint32_t frames, bool has_alpha) {
  return {format, width, height, orientation, frames, has_alpha};
}

const std::map<std::string, ImageHeader>& expected_headers() {
  constexpr auto png = ImageFormat::png;
  constexpr auto jpeg = ImageFormat::jpeg;
  static const std::map<std::string, ImageHeader> headers{
      {"png-rgb.png", header(png, 64, 48, 1, 1, false)},
      {"png-rgba.png", header(png, 64, 48, 1, 1, true)},
      {"png-palette.png", header(png, 64, 48, 1, 1, false)},
      {"png-palette-trns.png", header(png, 64, 48, 1, 1, true)},
      {"png-grey-alpha.png", header(png, 64, 48, 1, 1, true)},
      {"png-exif-6.png", header(png, 64, 48, 6, 1, false)},
      {"png-animation.png", header(png, 64, 48, 1, 2, true)},
      {"jpeg-baseline.jpg", header(jpeg, 64, 48, 1, 1, false)},
      {"jpeg-progressive.jpg", header(jpeg, 64, 48, 1, 1, false)},
      {"jpeg-arithmetic.jpg", header(jpeg, 64, 48, 1, 1, false)},
      {"jpeg-ycck.jpg", header(jpeg, 64, 48, 1, 1, false)},
      {"jpeg-grey.jpg", header(jpeg, 64, 48, 1, 1, false)},
      {"jpeg-gps.jpg", header(jpeg, 64, 48, 1, 1, false)},
      {"jpeg-exif-1.jpg", header(jpeg, 64, 48, 1, 1, false)},
      {"jpeg-exif-2.jpg", header(jpeg, 64, 48, 2, 1, false)},
      {"jpeg-exif-3.jpg", header(jpeg, 64, 48, 3, 1, false)},
      {"jpeg-exif-4.jpg", header(jpeg, 64, 48, 4, 1, false)},
      {"jpeg-exif-5.jpg", header(jpeg, 64, 48, 5, 1, false)},
      {"jpeg-exif-6.jpg", header(jpeg, 64, 48, 6, 1, false)},
      {"jpeg-exif-7.jpg", header(jpeg, 64, 48, 7, 1, false)},
      {"jpeg-exif-8.jpg", header(jpeg, 64, 48, 8, 1, false)},
      {"gif-plain.gif", header(ImageFormat::gif, 64, 48, 1, 1, false)},
      {"gif-transparent.gif", header(ImageFormat::gif, 64, 48, 1, 1, true)},
      {"gif-offset-animation.gif", header(ImageFormat::gif, 64, 48, 1, 2, true)},
      {"webp-lossy.webp", header(ImageFormat::webp, 64, 48, 1, 1, false)},
      {"webp-lossless.webp", header(ImageFormat::webp, 64, 48, 1, 1, false)},
      {"webp-alpha.webp", header(ImageFormat::webp, 64, 48, 1, 1, true)},
      {"webp-lossless-alpha.webp", header(ImageFormat::webp, 64, 48, 1, 1, true)},
      {"webp-animation.webp", header(ImageFormat::webp, 64, 48, 1, 2, true)},
      {"webp-exif-6.webp", header(ImageFormat::webp, 64, 48, 6, 1, false)},
      {"bmp-core.bmp", header(ImageFormat::bmp, 16, 12, 1, 1, false)},
      {"bmp-windows.bmp", header(ImageFormat::bmp, 16, 12, 1, 1, false)},
      {"bmp-alpha.bmp", header(ImageFormat::bmp, 16, 12, 1, 1, true)},
      {"ico-two.ico", header(ImageFormat::ico, 16, 12, 1, 2, true)},
      {"cur.cur", header(ImageFormat::cur, 16, 16, 1, 1, true)},
      {"tiff-little.tiff", header(ImageFormat::tiff, 16, 12, 1, 1, false)},
      {"tiff-big.tiff", header(ImageFormat::tiff, 16, 12, 1, 1, false)},
      {"tiff-64.tiff", header(ImageFormat::tiff, 16, 12, 1, 1, false)},
      {"tiff-pages.tiff", header(ImageFormat::tiff, 16, 12, 1, 3, false)},
      {"tiff-alpha.tiff", header(ImageFormat::tiff, 16, 12, 1, 1, true)},
      {"tiff-exif-6.tiff", header(ImageFormat::tiff, 16, 12, 6, 1, false)},
      {"avif-plain.avif", header(ImageFormat::avif, 64, 48, 1, 1, false)},
      {"avif-alpha.avif", header(ImageFormat::avif, 64, 48, 1, 1, true)},
      {"avif-turned.avif", header(ImageFormat::avif, 48, 64, 1, 1, false)},
      {"avif-cropped.avif", header(ImageFormat::avif, 40, 30, 1, 1, false)},
      {"avif-cropped-turned.avif", header(ImageFormat::avif, 30, 40, 1, 1, false)},
      {"avif-sequence.avif", header(ImageFormat::avif, 64, 48, 1, 3, true)},
      {"heic-plain.heic", header(ImageFormat::heic, 64, 48, 1, 1, false)},
      {"heic-alpha.heic", header(ImageFormat::heic, 64, 48, 1, 1, true)},
      {"jxl-codestream.jxl", header(ImageFormat::jpeg_xl, 64, 48, 1, 1, false)},
      {"jxl-container-alpha.jxl", header(ImageFormat::jpeg_xl, 64, 48, 1, 1, true)},
      {"jxl-of-jpeg-exif-6.jxl", header(ImageFormat::jpeg_xl, 64, 48, 6, 1, false)},
      {"jxl-animation.jxl", header(ImageFormat::jpeg_xl, 64, 48, 1, 1, true)},
      {"psd-rgb.psd", header(ImageFormat::psd, 16, 12, 1, 1, false)},
      {"psd-alpha.psd", header(ImageFormat::psd, 16, 12, 1, 1, true)},
      {"psb-rgb.psb", header(ImageFormat::psd, 16, 12, 1, 1, false)},
  };
  return headers;
}

void check_svg(std::string_view text, std::uint32_t width, std::uint32_t height) {
  CAPTURE(text);
  CHECK(header_of(text) == header(ImageFormat::svg, width, height, 1, 1, true));
}

/// Writes values as JPEG XL stores them, the lowest bit first.
class BitWriter {
 public:
  BitWriter& put(unsigned bits, std::uint32_t value) {
    for (unsigned i = 0; i < bits; ++i) {
      if (count_ % 8 == 0) text_ += '\0';
      const unsigned bit = value >> i & 1u;
      text_.back() =
          static_cast<char>(static_cast<unsigned char>(text_.back()) | bit << count_ % 8);
      ++count_;
    }
    return *this;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  unsigned count_ = 0;
};

/// The header of a JPEG XL of 64 by 48 pixels, up to the number of its extra channels.
BitWriter jpeg_xl_with_extra_channels(std::uint32_t channels) {
  BitWriter bits;
  bits.put(8, 0xFF).put(8, 0x0A);
  bits.put(1, 1).put(5, 5).put(3, 0).put(5, 7);  // The size, in units of 8.
  bits.put(1, 0).put(1, 0);                      // Neither all defaults nor extra fields.
  bits.put(1, 0).put(2, 0).put(1, 0);            // 8 bits for each sample.
  return bits.put(2, 2).put(4, channels - 2);
}

}  // namespace

TEST_CASE("Size, orientation, frames and alpha are read from headers of every format") {
  for (const auto& [name, expected] : expected_headers()) {
    CAPTURE(name);
    const ImageHeader actual = header_of(image_file(name));
    CAPTURE(actual.width, actual.height, actual.orientation, actual.frames, actual.has_alpha);
    CHECK(actual == expected);
  }
}

TEST_CASE("The chunks of a WebP are padded to an even length") {
  const auto file = image_file("webp-exif-6.webp");
  const std::string_view text{reinterpret_cast<const char*>(file.data()), file.size()};
  constexpr std::size_t extended_begin = 12, extended_end = 30;
  REQUIRE(text.substr(extended_begin, 8) == "VP8X\x0a\0\0\0"sv);
  const auto padded = std::string{text.substr(0, extended_begin)}
                          .append("VP8X\x0b\0\0\0"sv)
                          .append(text.substr(extended_begin + 8, 10))
                          .append("x\0"sv)
                          .append("ICCP\1\0\0\0x\0"sv)
                          .append(text.substr(extended_end));
  CHECK(header_of(padded) == header_of(file));
}

TEST_CASE("The alpha channel of a JPEG XL is found after any other extra channels") {
  const bool has_alpha = GENERATE(false, true);
  auto bits = jpeg_xl_with_extra_channels(8);
  const auto begin_channel = [&](std::uint32_t type) -> BitWriter& {
    return bits.put(1, 0).put(2, 2).put(4, type - 2);
  };
  // For each: its bit depth, its scale, its name, and what its type adds.
  begin_channel(2).put(1, 0).put(2, 3).put(6, 6).put(2, 0).put(2, 0);  // A spot color of 7 bits …
  for (const auto part : {1u, 2u, 3u, 4u}) bits.put(16, part);         // … with these components.
  begin_channel(3).put(1, 0).put(2, 0).put(2, 3).put(3, 5).put(2, 1).put(4, 3);
  for (const char c : "abc"sv) bits.put(8, static_cast<unsigned char>(c));
  begin_channel(5).put(1, 0).put(2, 0).put(2, 1).put(2, 2).put(5, 1);
  for (const char c : "seventeen letters"sv) bits.put(8, static_cast<unsigned char>(c));
  bits.put(2, 0);  // A filter array without an index, with short ones, and with a long one.
  begin_channel(5).put(1, 0).put(2, 0).put(2, 0).put(2, 0).put(2, 1).put(2, 2);
  begin_channel(5).put(1, 0).put(2, 0).put(2, 0).put(2, 0).put(2, 2).put(4, 9);
  begin_channel(5).put(1, 0).put(2, 0).put(2, 0).put(2, 0).put(2, 3).put(8, 99);
  begin_channel(4).put(1, 1).put(2, 3).put(6, 6).put(4, 4).put(2, 0).put(2, 0);  // Of floats.
  if (has_alpha) {
    bits.put(1, 1);  // All defaults.
  } else {
    begin_channel(3).put(1, 0).put(2, 0).put(2, 0).put(2, 0);
  }

  CHECK(header_of(bits.text()) == header(ImageFormat::jpeg_xl, 64, 48, 1, 1, has_alpha));
}

TEST_CASE("The size of an SVG comes from width and height, in CSS units, or from its view box") {
  check_svg("<svg width='120' height=\"80\"/>", 120, 80);
  check_svg("<svg width='120.4px' height='79.5PX'/>", 120, 80);
  check_svg("<svg width='1in' height='2.54cm'/>", 96, 96);
  check_svg("<svg width='25.4mm' height='72pt'/>", 96, 96);
  check_svg("<svg width='6pc' height='10em'/>", 96, 160);
  check_svg("<svg width='+1.2e2' height='.5'/>", 120, 1);
  check_svg("<svg viewBox='0 0 300 150'/>", 300, 150);
  check_svg("<svg viewBox='-5,-5,30.5, 20'/>", 31, 20);
  check_svg("<svg width='100%' height='100%' viewBox='0 0 300 150'/>", 300, 150);
  check_svg("<svg width='100' viewBox='0 0 300 150'/>", 100, 50);
  check_svg("<svg height='100' viewBox='0 0 300 150'/>", 200, 100);
  check_svg("<svg width='100%'/>", 0, 0);
  check_svg("<svg/>", 0, 0);
  check_svg("<svg width='-3' height='nan'/>", 0, 0);
  check_svg("<svg width='1e999' height='inf'/>", 0, 0);
  check_svg("<svg width='3 apples' height='4'/>", 0, 4);
  check_svg("<svg width='1e300' height='1e-300'/>", 2147483647, 1);
  check_svg("<svg data-width='7' x:width='8' width='9' height='9' title='a > b'/>", 9, 9);
}

TEST_CASE("An SVG may begin with a licence longer than the sniff window") {
  const std::string licence(sniff_window * 20, '-' + 1);
  check_svg("<!--" + licence + "--><svg width='3' height='4'>", 3, 4);
}

TEST_CASE("An SVG with an internal subset in its document type is rejected") {
  const Error error =
      error_of("<!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><svg>&a;</svg>");
  CHECK(error.code() == ErrorCode::unsupported_format);
  CHECK_THAT(error.what(), ContainsSubstring("document type"));
}

TEST_CASE("An SVG whose start tag is malformed or truncated is broken") {
  const auto* const text = GENERATE("<svg width=3>", "<svg width='1' height='", "<svg a='<'>",
                                    "<svg a='1'b='2'>", "<svg /x>", "<svg width='2' ");
  CAPTURE(text);
  CHECK(error_of(text).code() == ErrorCode::broken_image);
}

TEST_CASE("A file that is not an image is rejected, and the error states what was found") {
  const auto [bytes, expected] = GENERATE(table<std::string_view, const char*>({
      {""sv, "empty"},
      {"   \n"sv, "blank"},
      {"%PDF-1.7\n"sv, "PDF"},
      {"PK\x03\x04...."sv, "ZIP"},
      {"\x1F\x8B\x08"sv, "gzip"},
      {"<!DOCTYPE html><title>x</title>"sv, "HTML"},
      {"\n<HTML><svg/></HTML>"sv, "HTML"},
      {"<?xml version='1.0'?><rss/>"sv, "'rss'"},
      {"<?xml version='1.0'?>"sv, "XML"},
      {"Hello, w\xC3\xB6rld\n"sv, "text"},
      {"{\"link\": 1}"sv, "text"},
      {"\x00\x00\x00\x18"
       "ftypmp42\x00\x00\x00\x00mp42isom"sv,
       "MP4"},
      {"RIFF\x10\x00\x00\x00WAVEfmt "sv, "WAVE"},
      {"\x00\x00\x00\x0CjP  \r\n\x87\n"sv, "JPEG 2000"},
      {"\xDE\xAD\xBE\xEF\x00\x01"sv, "DE AD BE EF 00 01"},
      {"BMW is a maker of cars and motorcycles"sv, "BM"},
      {"\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10\x00\x10\x00\x18\x20"sv, "icon"},
  }));
  CAPTURE(expected);
  const Error error = error_of(bytes);
  CHECK(error.code() == ErrorCode::unsupported_format);
  CHECK_THAT(error.what(), ContainsSubstring(expected));
}

TEST_CASE("The first bytes decide the type of polyglot files") {
  // A GIF followed by a PDF or a script stays a GIF, and HTML that mentions an image is not one.
  const Bytes gif = image_file("gif-plain.gif");
  std::string polyglot(reinterpret_cast<const char*>(gif.data()), gif.size());
  CHECK(header_of(polyglot + "%PDF-1.7 <script>alert(1)</script>").format == ImageFormat::gif);
  CHECK(error_of("%PDF-1.7 " + polyglot).code() == ErrorCode::unsupported_format);
  CHECK(error_of("<html><!-- GIF89a --></html>").code() == ErrorCode::unsupported_format);
  CHECK(error_of("\xFF" + polyglot).code() == ErrorCode::unsupported_format);
}

TEST_CASE("Errors of the source pass through unchanged") {
  class Failing final : public ByteSource {
   public:
    std::uint64_t size() const override { return 1000; }
    std::size_t read_at(std::uint64_t, std::span<std::byte>) const override {
      throw Error(ErrorCode::storage_failure, "the disk is gone");
    }
  };
  try {
    (void)read_header(Failing());
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::storage_failure);
  }
}

TEST_CASE("Every file truncated at any byte yields a header or a typed error") {
  for (const auto& [name, expected] : expected_headers()) {
    const Bytes whole = image_file(name);
    for (std::size_t length = 0; length < whole.size(); ++length) {
      const Bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
      try {
        const ImageHeader actual = header_of(part);
        CHECK(actual.format == expected.format);
      } catch (const Error& error) {
        CHECK((error.code() == ErrorCode::broken_image ||
               error.code() == ErrorCode::unsupported_format));
      }
    }
  }
}
