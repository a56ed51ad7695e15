// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/preview.hpp>

#include <zlib.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "catch.hpp"
#include "made_images.hpp"
#include "previews.hpp"
#include "test_images.hpp"

using namespace imagegallery;
using test::error_of_preview;
using test::image_file;
using std::string_view_literals::operator""sv;

namespace {

/// Counts the bytes that are read from an image.
class CountingSource final : public ByteSource {
 public:
  explicit CountingSource(Bytes bytes) : bytes_(std::move(bytes)) {}
  std::uint64_t size() const override { return bytes_.size(); }
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    const std::size_t count = make_view_source(bytes_)->read_at(offset, into);
    bytes_read += count;
    return count;
  }
  mutable std::uint64_t bytes_read = 0;

 private:
  Bytes bytes_;
};

/// Peak memory of the process so far, in bytes.
std::uint64_t peak_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("VmHWM:", 0) == 0) return std::stoull(line.substr(6)) * 1024;
  }
  throw std::runtime_error("no VmHWM in /proc/self/status");
}

void put(Bytes& bytes, std::size_t at, std::string_view text) {
  const auto from = as_bytes(text);
  std::copy(from.begin(), from.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

std::size_t find(const Bytes& bytes, std::string_view text) {
  const auto expected = as_bytes(text);
  const auto found = std::search(bytes.begin(), bytes.end(), expected.begin(), expected.end());
  CAPTURE(std::string(text));
  REQUIRE(found != bytes.end());
  return static_cast<std::size_t>(found - bytes.begin());
}

Bytes changed(std::string_view file, std::string_view after, std::size_t distance,
              std::string_view value) {
  Bytes bytes = image_file(file);
  put(bytes, find(bytes, after) + after.size() + distance, value);
  return bytes;
}

/// Small files that claim 65,535 x 65,535 pixels, in each format that allows it.
std::vector<std::pair<std::string, Bytes>> claims() {
  constexpr auto u16 = "\xFF\xFF"sv;
  std::vector<std::pair<std::string, Bytes>> files;
  // IHDR has a checksum, so this one is generated.
  files.emplace_back("png", test::make_png({.width = 65535, .height = 65535}, {}));
  for (const auto* const name : {"jpeg-baseline.jpg", "jpeg-progressive.jpg"}) {
    const auto* const marker = std::string_view(name) == "jpeg-baseline.jpg"
                                   ? "\xFF\xC0\x00\x11\x08"
                                   : "\xFF\xC2\x00\x11\x08";
    files.emplace_back(name, changed(name, std::string_view(marker, 5), 0, "\xFF\xFF\xFF\xFF"));
  }
  files.emplace_back("gif", changed("gif-plain.gif", "GIF87a", 0, "\xFF\xFF\xFF\xFF"));
  files.emplace_back("webp", changed("webp-alpha.webp", "VP8X", 8, "\xFE\xFF\x00\xFE\xFF\x00"sv));
  files.emplace_back("bmp", changed("bmp-windows.bmp", "\x28\x00\x00\x00"sv, 0,
                                    "\xFF\xFF\x00\x00\xFF\xFF\x00\x00"sv));
  Bytes tiff = changed("tiff-big.tiff", "\x01\x00\x00\x03\x00\x00\x00\x01"sv, 0, u16);
  put(tiff, find(tiff, "\x01\x01\x00\x03\x00\x00\x00\x01"sv) + 8, u16);
  files.emplace_back("tiff", std::move(tiff));
  files.emplace_back("avif",
                     changed("avif-plain.avif", "ispe", 4, "\x00\x00\xFF\xFF\x00\x00\xFF\xFF"sv));
  // The first size is that of a tile, the second that of the composed image.
  Bytes heic = image_file("heic-plain.heic");
  const auto mark = as_bytes("ispe");
  for (auto at = heic.begin();;) {
    at = std::search(at, heic.end(), mark.begin(), mark.end());
    if (at == heic.end()) break;
    put(heic, static_cast<std::size_t>(at - heic.begin()) + 8,
        "\x00\x00\xFF\xFF\x00\x00\xFF\xFF"sv);
    ++at;
  }
  files.emplace_back("heic", std::move(heic));
  files.emplace_back("psd",
                     changed("psd-rgb.psd", "8BPS", 10, "\x00\x00\xFF\xFF\x00\x00\xFF\xFF"sv));
  // FF 0A, then from the lowest bit: not in eights, 18 bits (2), height - 1, ratio 1:1.
  const std::uint64_t bits =
      0u | 2u << 1 | std::uint64_t{65534} << 3 | std::uint64_t{1} << 21 | std::uint64_t{1} << 24;
  Bytes jxl;
  test::append(jxl, "\xFF\x0A");
  for (int i = 0; i < 4; ++i) jxl.push_back(static_cast<std::byte>(bits >> (8 * i) & 0xFF));
  files.emplace_back("jxl", std::move(jxl));
  // An icon's PNG states its own size.
  Bytes ico;
  test::append(ico, "\x00\x00\x01\x00\x01\x00\x00\x00\x00\x00\x01\x00\x20\x00"sv);
  test::append(ico, "\xFF\x00\x00\x00\x16\x00\x00\x00"sv);
  const Bytes png = test::make_png({.width = 65535, .height = 65535}, {});
  ico.insert(ico.end(), png.begin(), png.end());
  files.emplace_back("ico", std::move(ico));
  return files;
}

}  // namespace

TEST_CASE("A small file that claims 65,535 x 65,535 pixels is rejected by its header alone") {
  const auto files = claims();
  const std::uint64_t before = peak_memory();
  for (const auto& [name, bytes] : files) {
    CAPTURE(name);
    const CountingSource source(bytes);
    const ImageHeader header = read_header(source);
    CHECK(header.width == 65535);
    CHECK(header.height == 65535);
    try {
      (void)make_previews(source, header, std::vector<PreviewPreset>{{"preview", 250}}, {});
      FAIL("no error");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::limit_exceeded);
      CHECK_THAT(error.what(), ContainsSubstring("max_pixels"));
    }
  }
  CHECK(peak_memory() - before < (16u << 20));
}

TEST_CASE("Thousands of scans over a large image are rejected before the first is decoded") {
  // 7000 x 7000 pixels and 5000 scans, in about 100 KB.
  Bytes bytes = image_file("jpeg-progressive.jpg");
  put(bytes, find(bytes, "\xFF\xC2\x00\x11\x08"sv) + 5, "\x1B\x58\x1B\x58"sv);
  const std::size_t end = bytes.size() - 2;
  const auto last = std::find_end(bytes.begin(), bytes.end(), as_bytes("\xFF\xDA").begin(),
                                  as_bytes("\xFF\xDA").end());
  const Bytes scan(last, bytes.begin() + static_cast<std::ptrdiff_t>(end));
  bytes.resize(end);
  for (int i = 0; i < 5000; ++i) bytes.insert(bytes.end(), scan.begin(), scan.end());
  test::append(bytes, "\xFF\xD9");
  const std::uint64_t before = peak_memory();
  const auto error = error_of_preview(bytes);
  REQUIRE(error);
  CHECK(error->code() == ErrorCode::limit_exceeded);
  CHECK_THAT(error->what(), ContainsSubstring("5010") && ContainsSubstring("max_scans"));
  CHECK(peak_memory() - before < (16u << 20));
}

TEST_CASE("A 400-megapixel PNG of 48 KB is rejected by default, and read row by row if allowed") {
  const Bytes bytes = test::make_png({.width = 20000, .height = 20000, .bit_depth = 1},
                                     test::uniform_scanlines(2500, 20000, 0));
  CHECK(bytes.size() < 60'000);
  const auto error = error_of_preview(bytes);
  REQUIRE(error);
  CHECK_THAT(error->what(), ContainsSubstring("400000000") && ContainsSubstring("max_pixels"));
  DecodeBudget generous;
  generous.max_pixels = 400'000'000;
  generous.max_cpu_time = std::chrono::minutes(5);
  const std::uint64_t before = peak_memory();
  const Preview preview = test::preview_of(bytes, 250, generous);
  CHECK(test::is_near(test::decode(*preview.bytes).at(125, 125), {0, 0, 0, 255}, 0));
  CHECK(peak_memory() - before < (32u << 20));
}

TEST_CASE("Compressed texts and profiles are not inflated") {
  // 64 MB of zeros each in a zTXt, an iTXt and an iCCP: inflating them would show in the memory.
  const Bytes zeros(std::size_t{64} << 20);
  uLongf size = compressBound(zeros.size());
  std::string deflated(size, '\0');
  REQUIRE(compress(reinterpret_cast<Bytef*>(deflated.data()), &size,
                   reinterpret_cast<const Bytef*>(zeros.data()), zeros.size()) == Z_OK);
  deflated.resize(size);
  test::PngRecipe recipe{.width = 2, .height = 2};
  const auto add = [&](std::string_view type, const std::string& start) {
    const Bytes chunk = test::png_chunk(type, as_bytes(start + deflated));
    recipe.chunks_before.insert(recipe.chunks_before.end(), chunk.begin(), chunk.end());
  };
  add("zTXt", std::string("Comment\0\0"sv));
  add("iTXt", std::string("Comment\0\1\0\0\0"sv));
  add("iCCP", std::string("profile\0\0"sv));
  const Bytes bytes = test::make_png(recipe, test::uniform_scanlines(2, 2, 7));
  const std::uint64_t before = peak_memory();
  CHECK_FALSE(error_of_preview(bytes));
  CHECK(peak_memory() - before < (16u << 20));
}

TEST_CASE("Excess pixels in IDAT cost at most the allowed CPU time") {
  // 16 x 16 pixels and 60 MB after them, compressed to less than the maximum for so few pixels.
  const Bytes bytes = test::make_png({.width = 16, .height = 16}, Bytes(std::size_t{60} << 20));
  REQUIRE(bytes.size() < (1u << 16));
  DecodeBudget budget;
  budget.max_cpu_time = std::chrono::milliseconds(1);
  const auto error = error_of_preview(bytes, budget);
  REQUIRE(error);
  CHECK_THAT(error->what(), ContainsSubstring("max_cpu_time"));
  CHECK_FALSE(error_of_preview(bytes));
}

TEST_CASE("A GIF that clears its code table repeatedly stops at the CPU time limit") {
  // Codes of three bits: 0 and 1, then only "clear", for each of which giflib resets a table.
  Bytes bytes;
  test::append(bytes,
               "GIF89a\x10\x00\x10\x00\x80\x00\x00\x01\x02\x03\x0A\x14\x1E"
               ",\x00\x00\x00\x00\x10\x00\x10\x00\x00\x02"sv);
  for (int block = 0; block < 4000; ++block) {
    test::append(bytes, "\xFF"sv);
    for (int i = 0; i < 85; ++i) test::append(bytes, "\x24\x49\x92"sv);
  }
  test::append(bytes, "\x00;"sv);
  DecodeBudget budget;
  budget.max_cpu_time = std::chrono::milliseconds(50);
  const auto error = error_of_preview(bytes, budget);
  REQUIRE(error);
  CHECK_THAT(error->what(), ContainsSubstring("max_cpu_time"));
}

TEST_CASE("A cyclic chain of TIFF directories is not followed forever") {
  Bytes bytes = image_file("tiff-pages.tiff");
  const ImageHeader straight = read_header(*make_view_source(bytes));
  REQUIRE(straight.frames == 3);
  // A directory without entries that points to itself: count 0, next 8.
  Bytes circle;
  test::append(circle,
               "II*\x00\x0E\x00\x00\x00"
               "\x00\x00\x08\x00\x00\x00"sv);
  test::append(circle,
               "\x02\x00"
               "\x00\x01\x03\x00\x01\x00\x00\x00\x05\x00\x00\x00"
               "\x01\x01\x03\x00\x01\x00\x00\x00\x07\x00\x00\x00"
               "\x08\x00\x00\x00"sv);
  const ImageHeader header = read_header(*make_view_source(circle));
  CHECK(header.width == 5);
  CHECK(header.height == 7);
  CHECK(header.frames == 2);
}
