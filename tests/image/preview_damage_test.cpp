// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/preview.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "catch.hpp"
#include "made_images.hpp"
#include "previews.hpp"
#include "test_images.hpp"

using namespace imagegallery;
using test::error_of_preview;
using test::image_file;

namespace {

Bytes cut(Bytes bytes, std::size_t length) {
  bytes.resize(length);
  return bytes;
}

bool is_broken(ByteView bytes) {
  const auto error = error_of_preview(bytes);
  return error && error->code() == ErrorCode::broken_image;
}

/// Whether a damaged image yields a preview or one of the documented errors.
bool has_known_outcome(ByteView bytes, const DecodeBudget& budget) {
  const auto error = error_of_preview(bytes, budget);
  return !error || error->code() == ErrorCode::broken_image ||
         error->code() == ErrorCode::unsupported_format ||
         error->code() == ErrorCode::limit_exceeded;
}

DecodeBudget small_budget() {
  DecodeBudget budget;
  budget.max_pixels = 1'000'000;
  return budget;
}

}  // namespace

TEST_CASE("PNG and JPEG images truncated anywhere before the last marker are broken") {
  const auto* const name = GENERATE(
      "png-rgb.png", "png-interlaced.png", "png-palette-trns.png", "png-rgba-16-interlaced.png",
      "jpeg-baseline.jpg", "jpeg-progressive.jpg", "jpeg-three-scans.jpg", "jpeg-restart.jpg",
      "jpeg-arithmetic.jpg", "jpeg-arithmetic-progressive.jpg", "jpeg-ycck.jpg", "jpeg-exif-6.jpg");
  CAPTURE(name);
  const Bytes whole = image_file(name);
  REQUIRE_FALSE(error_of_preview(whole));
  for (std::size_t length = 8; length + 2 < whole.size(); ++length) {
    CAPTURE(length);
    CHECK(is_broken(cut(whole, length)));
  }
}

TEST_CASE("A single-scan JPEG may lack its end marker, as some cameras write it") {
  const Bytes whole = image_file("jpeg-baseline.jpg");
  CHECK_FALSE(error_of_preview(cut(whole, whole.size() - 1)));
  CHECK_FALSE(error_of_preview(cut(whole, whole.size() - 2)));
  CHECK(is_broken(cut(whole, whole.size() - 4)));
}

TEST_CASE(
    "An arithmetic-coded JPEG must have its end marker, since missing data decodes silently") {
  const Bytes whole = image_file("jpeg-arithmetic.jpg");
  CHECK(is_broken(cut(whole, whole.size() - 1)));
  CHECK(is_broken(cut(whole, whole.size() - 2)));
}

TEST_CASE("A GIF may lack its trailer, but no part of a frame") {
  const auto* const name = GENERATE("gif-plain.gif", "gif-interlaced.gif");
  CAPTURE(name);
  const Bytes whole = image_file(name);
  CHECK_FALSE(error_of_preview(cut(whole, whole.size() - 1)));
  for (std::size_t length = 13; length + 1 < whole.size(); ++length) {
    CAPTURE(length);
    CHECK(is_broken(cut(whole, length)));
  }
}

TEST_CASE("An animated GIF may end after a whole block, but not within one") {
  const Bytes whole = image_file("gif-offset-animation.gif");
  const std::string text(reinterpret_cast<const char*>(whole.data()), whole.size());
  // The second frame has a control extension of eight bytes before it.
  const auto second = text.rfind("!\xF9\x04");
  REQUIRE(second != text.find("!\xF9\x04"));
  std::vector<std::size_t> accepted;
  for (std::size_t length = 13; length < whole.size(); ++length) {
    if (!is_broken(cut(whole, length))) accepted.push_back(length);
  }
  CHECK(accepted == std::vector<std::size_t>{second, second + 8, whole.size() - 1});
}

TEST_CASE("An image with a wrong checksum in pixels or palette is broken") {
  for (const auto* const name : {"png-rgb.png", "png-palette.png", "png-interlaced.png"}) {
    CAPTURE(name);
    Bytes bytes = image_file(name);
    const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    for (const auto* const chunk : {"IDAT", "PLTE"}) {
      const auto at = text.find(chunk);
      if (at == std::string::npos) continue;
      Bytes damaged = bytes;
      damaged[at + 5] ^= std::byte{1};
      CHECK(is_broken(damaged));
    }
  }
}

TEST_CASE("A PNG is checked to its end, after its last pixel") {
  for (const std::uint8_t interlace : {std::uint8_t{0}, std::uint8_t{1}}) {
    CAPTURE(int{interlace});
    const test::PngRecipe recipe{.width = 8, .height = 8, .interlace = interlace};
    const Bytes scanlines(200);
    const Bytes whole = test::make_png(recipe, scanlines);
    REQUIRE_FALSE(error_of_preview(whole));
    // The last bytes of the pixels' checksum, and of IEND's twelve bytes.
    for (const std::size_t from_end : {13u, 1u}) {
      CAPTURE(from_end);
      Bytes bytes = whole;
      bytes[bytes.size() - from_end] ^= std::byte{1};
      CHECK(is_broken(bytes));
    }
  }
}

TEST_CASE("A wrong checksum in a chunk that previews do not need is ignored") {
  test::PngRecipe recipe{.width = 2, .height = 2};
  recipe.chunks_before = test::png_chunk("tEXt", as_bytes("Comment"));
  recipe.chunks_before.back() ^= std::byte{1};
  CHECK_FALSE(error_of_preview(test::make_png(recipe, test::uniform_scanlines(2, 2, 9))));
}

TEST_CASE("A PNG without pixels, with too few, or with an unknown critical chunk is broken") {
  const test::PngRecipe recipe{.width = 8, .height = 8};
  CHECK(is_broken(test::make_png(recipe, test::uniform_scanlines(8, 7, 9))));
  CHECK(is_broken(test::make_png(recipe, {})));
  test::PngRecipe critical = recipe;
  critical.chunks_before = test::png_chunk("ABCD", {});
  CHECK(is_broken(test::make_png(critical, test::uniform_scanlines(8, 8, 9))));
  test::PngRecipe palette = recipe;
  palette.color_type = 3;
  CHECK(is_broken(test::make_png(palette, test::uniform_scanlines(8, 8, 0))));
}

TEST_CASE("A JPEG with damaged data is broken") {
  Bytes bytes = image_file("jpeg-restart.jpg");
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto restart = text.find("\xFF\xD1");
  REQUIRE(restart != std::string::npos);
  bytes[restart + 1] = std::byte{0xD5};
  CHECK(is_broken(bytes));
}

TEST_CASE("A JPEG whose second half is zeros is broken, in one scan or several") {
  const auto samples = test::grainy_samples(300, 200, 3);
  for (const bool progressive : {false, true}) {
    CAPTURE(progressive);
    Bytes bytes =
        test::make_jpeg({.width = 300, .height = 200, .progressive = progressive}, samples);
    REQUIRE_FALSE(error_of_preview(bytes));
    std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(bytes.size() / 2), bytes.end() - 2,
              std::byte{0});
    CHECK(is_broken(bytes));
  }
}

TEST_CASE("A few stray bytes at the end of a scan are accepted, many are not") {
  const Bytes whole = image_file("jpeg-baseline.jpg");
  const auto with_stray = [&](std::size_t count) {
    Bytes bytes = whole;
    bytes.insert(bytes.end() - 2, count, std::byte{0});
    return bytes;
  };
  CHECK_FALSE(error_of_preview(with_stray(4)));
  CHECK_FALSE(error_of_preview(with_stray(32)));
  // libjpeg may have read up to eight of them as bits of the last block.
  CHECK(is_broken(with_stray(32 + 8 + 1)));
  CHECK(is_broken(with_stray(400)));
}

TEST_CASE("Not even a few stray bytes are accepted before a restart marker") {
  Bytes bytes = image_file("jpeg-restart.jpg");
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto restart = text.find("\xFF\xD1");
  REQUIRE(restart != std::string::npos);
  bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(restart), 4, std::byte{0x20});
  CHECK(is_broken(bytes));
}

TEST_CASE("Stray bytes between JPEG segments are accepted, as in browsers") {
  Bytes bytes = image_file("jpeg-baseline.jpg");
  bytes.insert(bytes.begin() + 20, 5, std::byte{0x20});  // After the JFIF segment.
  CHECK_FALSE(error_of_preview(bytes));
}

TEST_CASE("A PNG with far more data than its pixels need is broken") {
  // 16 x 16 pixels, and about 100 MB of zeros after them, which libpng would also inflate.
  CHECK(is_broken(test::make_png({.width = 16, .height = 16}, Bytes(std::size_t{100} << 20))));
  CHECK_FALSE(error_of_preview(test::make_png({.width = 16, .height = 16}, Bytes(100'000))));
}

TEST_CASE("A PNG's data may be twice its largest raw size, and some more, to the byte") {
  constexpr std::size_t max_bytes = 2 * 8 * 16 * 16 + 16 * 16 + (1u << 16);
  const auto scanlines = test::uniform_scanlines(16, 16, 0);
  const auto png = test::make_png({.width = 16, .height = 16}, scanlines);
  const std::string_view text{reinterpret_cast<const char*>(png.data()), png.size()};
  // Between the chunk's type and its checksum.
  const auto length = text.find("IEND") - 4 - (text.find("IDAT") + 4) - 4;
  const auto with_data = [&](std::size_t bytes) {
    const auto more = test::png_chunk("IDAT", Bytes(bytes - length));
    return test::make_png({.width = 16, .height = 16, .chunks_after = more}, scanlines);
  };
  CHECK_FALSE(error_of_preview(with_data(max_bytes)));
  CHECK(is_broken(with_data(max_bytes + 1)));
}

TEST_CASE("Fields that a sequential scan does not use may be wrong") {
  Bytes bytes = image_file("jpeg-baseline.jpg");
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto scan = text.find("\xFF\xDA");
  // After the length, the number of components and two bytes for each: Ss, Se, Ah and Al.
  bytes[scan + 11] = std::byte{7};
  CHECK_FALSE(error_of_preview(bytes));
}

TEST_CASE("A JPEG with a component that has no scan is broken") {
  const Bytes whole = image_file("jpeg-three-scans.jpg");
  const std::string text(reinterpret_cast<const char*>(whole.data()), whole.size());
  const auto third = text.rfind("\xFF\xDA");
  Bytes two_scans(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(third));
  test::append(two_scans, "\xFF\xD9");
  CHECK(is_broken(two_scans));
}

TEST_CASE("A JPEG with an unsupported coding process serves as its own preview") {
  Bytes lossless = image_file("jpeg-baseline.jpg");
  std::string text(reinterpret_cast<const char*>(lossless.data()), lossless.size());
  const auto frame = text.find("\xFF\xC0");
  REQUIRE(frame != std::string::npos);
  lossless[frame + 1] = std::byte{0xC3};
  const Preview preview = test::preview_of(lossless, 32);
  CHECK_FALSE(preview.bytes.has_value());
  CHECK(preview.width == 64);
  Bytes twelve_bits = image_file("jpeg-baseline.jpg");
  twelve_bits[frame + 4] = std::byte{12};
  CHECK_FALSE(test::preview_of(twelve_bits, 32).bytes.has_value());
}

TEST_CASE("GIF pixels with an index outside the colour table are transparent") {
  // One pixel, with an index inside or outside the table's two colours. The comment prevents the
  // original from serving as its own preview.
  const std::string start(
      "GIF89a\x01\x00\x01\x00\x80\x00\x00\x01\x02\x03\x0A\x14\x1E!\xFE\x01z\x00", 24);
  const std::string frame(",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02", 12);
  const std::string end("\x00;", 2);
  const Preview known = test::preview_of(as_bytes(start + frame + "\x4C\x01" + end), 16);
  CHECK(known.format == ImageFormat::jpeg);
  CHECK(test::is_near(test::decode(*known.bytes).at(0, 0), {10, 20, 30, 255}, 3));
  const Preview unknown = test::preview_of(as_bytes(start + frame + "\x5C\x01" + end), 16);
  CHECK(unknown.format == ImageFormat::png);
  CHECK(test::decode(*unknown.bytes).at(0, 0)[3] == 0);
}

TEST_CASE("A decoder that finds another size than the header states reports a broken image") {
  const Bytes bytes = image_file("png-rgb.png");
  const auto source = make_view_source(bytes);
  const std::vector<PreviewPreset> presets{{"preview", 32}};
  const ImageHeader header = read_header(*source);
  const auto is_refused = [&](std::uint32_t width, std::uint32_t height) {
    ImageHeader stated = header;
    stated.width = width;
    stated.height = height;
    try {
      (void)make_previews(*source, stated, presets, {});
      return false;
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::broken_image);
      return true;
    }
  };
  CHECK_FALSE(is_refused(header.width, header.height));
  CHECK(is_refused(header.width + 1, header.height));
  CHECK(is_refused(header.width, header.height + 1));
  CHECK(is_refused(header.width - 1, header.height));
  CHECK(is_refused(header.width, header.height - 1));
}

TEST_CASE("An error of the source passes through the decoders unchanged") {
  const auto* const name =
      GENERATE("png-rgb.png", "jpeg-baseline.jpg", "jpeg-progressive.jpg", "gif-plain.gif");
  CAPTURE(name);
  class Failing final : public ByteSource {
   public:
    explicit Failing(Bytes bytes) : bytes_(std::move(bytes)) {}
    std::uint64_t size() const override { return bytes_.size(); }
    std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
      if (reads_left-- == 0) throw Error(ErrorCode::corrupt_data, "a checksum is wrong");
      const auto source = make_view_source(bytes_);
      return source->read_at(offset, into);
    }
    mutable int reads_left = -1;

   private:
    Bytes bytes_;
  };
  Failing source(image_file(name));
  const ImageHeader header = read_header(source);
  const std::vector<PreviewPreset> presets{{"preview", 32}};
  int reads = 0;
  for (bool failed = true; failed; ++reads) {
    source.reads_left = reads;
    failed = false;
    try {
      (void)make_previews(source, header, presets, {});
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::corrupt_data);
      failed = true;
    }
  }
  CHECK(reads >= 3);
}

TEST_CASE("Every test file truncated at any byte yields a preview or a typed error") {
  for (const std::string& name : test::image_file_names()) {
    const Bytes whole = image_file(name);
    CAPTURE(name);
    for (std::size_t length = 0; length < whole.size(); ++length) {
      if (!has_known_outcome(cut(whole, length), small_budget())) FAIL(length);
    }
  }
}

TEST_CASE("Random damage yields a preview or a typed error") {
  std::mt19937 random(20240601);
  for (const std::string& name : test::image_file_names()) {
    const Bytes whole = image_file(name);
    CAPTURE(name);
    for (int round = 0; round < 150; ++round) {
      Bytes damaged = whole;
      const auto changes = 1 + random() % 4;
      for (std::size_t i = 0; i < changes; ++i) {
        damaged[random() % damaged.size()] = static_cast<std::byte>(random() & 0xFF);
      }
      if (!has_known_outcome(damaged, small_budget())) FAIL(round);
    }
  }
}
