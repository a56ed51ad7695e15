// SPDX-License-Identifier: Apache-2.0
#include <png.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <imagegallery/error.hpp>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "image/decoder_input.hpp"
#include "image/header_readers.hpp"
#include "image/longjmp_guard.hpp"
#include "image/png_chunks.hpp"
#include "image/row_reader.hpp"

namespace imagegallery {
namespace {

/// libpng's objects and the state of its callbacks. Every call into libpng goes through `call`.
struct Session {
  Session(const ByteSource& source, DecodeMeter& meter) : bytes(source, meter) {}

  png_structp png = nullptr;
  png_infop info = nullptr;
  LongjmpGuard exit;
  DecoderInput bytes;
  bool out_of_memory = false;
  std::array<char, 128> message{};

  template <typename Function>
  void call(Function function) {
    if (!exit.try_call(function)) throw_error();
  }

  [[noreturn]] void throw_error() {
    bytes.throw_failure();
    if (out_of_memory) throw std::bad_alloc();
    throw Error(ErrorCode::broken_image, "PNG: " + std::string(message.data()));
  }
};

extern "C" {

[[noreturn]] static void on_error(png_structp png, png_const_charp message) {
  auto& session = *static_cast<Session*>(png_get_error_ptr(png));
  std::size_t i = 0;
  for (; message[i] != '\0' && i + 1 < session.message.size(); ++i) session.message[i] = message[i];
  session.message[i] = '\0';
  session.exit.leave();
}

static void on_warning(png_structp, png_const_charp) {}

static png_voidp on_allocate(png_structp png, png_alloc_size_t size) {
  void* const block = std::malloc(size);
  if (block == nullptr) static_cast<Session*>(png_get_mem_ptr(png))->out_of_memory = true;
  return block;
}

static void on_free(png_structp, png_voidp block) { std::free(block); }

static void on_read(png_structp png, png_bytep into, std::size_t count) {
  auto& session = *static_cast<Session*>(png_get_io_ptr(png));
  const std::size_t done = session.bytes.read(std::as_writable_bytes(std::span(into, count)));
  if (done != count) png_error(png, "unexpected end of file");
}

}  // extern "C"

/// Chunks that previews do not need. libpng would inflate some of them while reading.
constexpr std::string_view ignored_chunks{
    "iCCP\0iTXt\0tEXt\0zTXt\0sPLT\0hIST\0eXIf\0pHYs\0tIME\0oFFs\0pCAL\0sCAL\0bKGD\0"
    "sBIT\0cHRM\0gAMA\0sRGB\0",
    85};
static_assert(ignored_chunks.size() % 5 == 0);

class PngRows final : public RowReader {
 public:
  PngRows(const ByteSource& source, DecodeMeter& meter) : meter_(meter), session_(source, meter) {}
  ~PngRows() override { png_destroy_read_struct(&session_.png, &session_.info, nullptr); }

  void open() {
    check_chunks();
    Session& session = session_;
    session.call([&] {
      session.png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &session, on_error, on_warning,
                                             &session, on_allocate, on_free);
      if (session.png == nullptr) return;
      session.info = png_create_info_struct(session.png);
    });
    if (session.info == nullptr) throw std::bad_alloc();
    const auto chunk_limit = static_cast<png_alloc_size_t>(meter_.budget().max_chunk_bytes);
    session.call([&] {
      png_set_read_fn(session.png, &session, on_read);
      // Width and height were checked before; exceeding libpng's own limit would look like damage.
      png_set_user_limits(session.png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
      png_set_chunk_malloc_max(session.png, chunk_limit);
      png_set_keep_unknown_chunks(session.png, PNG_HANDLE_CHUNK_NEVER, nullptr, 0);
      png_set_keep_unknown_chunks(session.png, PNG_HANDLE_CHUNK_NEVER,
                                  reinterpret_cast<png_const_bytep>(ignored_chunks.data()),
                                  static_cast<int>(ignored_chunks.size() / 5));
      png_read_info(session.png, session.info);
      // To 8-bit grey or RGB, with alpha if the palette or a transparent colour needs it.
      png_set_expand(session.png);
      png_set_scale_16(session.png);
      passes_ = png_set_interlace_handling(session.png);
      png_read_update_info(session.png, session.info);
    });
    layout_ = RowLayout::of_image(png_get_image_width(session.png, session.info),
                                  png_get_image_height(session.png, session.info),
                                  png_get_channels(session.png, session.info));
    if (png_get_rowbytes(session.png, session.info) != layout_.row_bytes()) {
      throw Error(ErrorCode::broken_image, "PNG: the rows have an unexpected size");
    }
    // libpng holds two rows of up to 8 bytes per pixel, and small inflate buffers.
    meter_.claim_memory(std::uint64_t{layout_.width} * 8 * 2 + (1u << 16));
    if (passes_ > 1) read_interlaced();
  }

  const RowLayout& layout() const noexcept override { return layout_; }

  void read_row(std::span<std::uint8_t> row) override {
    if (!whole_.empty()) {
      std::memcpy(row.data(), whole_.data() + rows_returned_++ * layout_.row_bytes(), row.size());
      return;
    }
    session_.call([&] { png_read_row(session_.png, row.data(), nullptr); });
    meter_.spend(row.size());
  }

  void finish() override {
    session_.call([&] { png_read_end(session_.png, nullptr); });
  }

 private:
  /// Before libpng sees the file: checks the dimensions and chunk sizes against the budget, that
  /// the file is complete, and that it has no more data than its pixels need. libpng also inflates
  /// data after the last pixel, and a few bytes can keep it busy for long.
  void check_chunks() {
    ByteReader reader(session_.bytes.source(), "PNG");
    const ImageHeader header = read_png_header(reader);
    meter_.check_size(header.width, header.height);
    reader.seek(0);
    PngChunks chunks(reader);
    PngChunk chunk;
    std::uint64_t data = 0;
    while (chunks.next(chunk)) {
      if (chunk.is_ancillary()) meter_.check_chunk(chunk.length);
      if (chunk.type == fourcc("IDAT")) data += chunk.length;
    }
    const std::uint64_t pixels = std::uint64_t{header.width} * header.height;
    const std::uint64_t rows = std::max(header.width, header.height);
    // Twice the raw size of the largest samples, and room for a flush after each row.
    if (data > 2 * 8 * pixels + 16 * rows + (1u << 16)) {
      throw Error(ErrorCode::broken_image, "PNG: more data than its pixels need");
    }
  }

  /// Rows of an interlaced file are complete only after the last pass.
  void read_interlaced() {
    meter_.claim_memory(std::uint64_t{layout_.height} * layout_.row_bytes());
    whole_.resize(layout_.height * layout_.row_bytes());
    for (int pass = 0; pass < passes_; ++pass) {
      for (std::uint32_t y = 0; y < layout_.height; ++y) {
        std::uint8_t* const row = whole_.data() + y * layout_.row_bytes();
        session_.call([&] { png_read_row(session_.png, row, nullptr); });
        meter_.spend(layout_.row_bytes() / 4);
      }
    }
  }

  DecodeMeter& meter_;
  Session session_;
  RowLayout layout_;
  int passes_ = 1;
  std::vector<std::uint8_t> whole_;
  std::size_t rows_returned_ = 0;
};

}  // namespace

std::unique_ptr<RowReader> read_png_rows(const ByteSource& source, DecodeMeter& meter) {
  auto rows = std::make_unique<PngRows>(source, meter);
  rows->open();
  return rows;
}

}  // namespace imagegallery
