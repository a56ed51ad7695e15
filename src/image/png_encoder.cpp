// SPDX-License-Identifier: Apache-2.0
#include <png.h>

#include <array>
#include <cstdlib>
#include <exception>
#include <imagegallery/error.hpp>
#include <new>
#include <string>
#include <utility>

#include "image/encoders.hpp"
#include "image/longjmp_guard.hpp"

namespace imagegallery {
namespace {

/// Higher levels take at least twice the time and save only a tenth of the bytes.
constexpr int compression_level = 3;

/// Deflate's window and tables, and libpng's rows for choosing filters.
constexpr std::uint64_t encoder_bytes = 1u << 19;

/// libpng's objects and the state of its callbacks. Every call goes through `call`.
struct Session {
  png_structp png = nullptr;
  png_infop info = nullptr;
  LongjmpGuard exit;
  DecodeMeter* meter = nullptr;
  Bytes bytes;
  std::exception_ptr thrown;
  std::array<char, 128> message{};

  template <typename Function>
  void call(Function function) {
    if (exit.try_call(function)) return;
    if (thrown) std::rethrow_exception(std::exchange(thrown, nullptr));
    // Writing a valid image, libpng can only run out of memory.
    throw std::bad_alloc();
  }
};

extern "C" {

[[noreturn]] static void on_error(png_structp png, png_const_charp) {
  static_cast<Session*>(png_get_error_ptr(png))->exit.leave();
}

static void on_warning(png_structp, png_const_charp) {}

static void on_write(png_structp png, png_bytep from, std::size_t count) {
  auto& session = *static_cast<Session*>(png_get_io_ptr(png));
  try {
    session.meter->claim_memory(count);
    const auto part = std::as_bytes(std::span(from, count));
    session.bytes.insert(session.bytes.end(), part.begin(), part.end());
  } catch (...) {
    session.thrown = std::current_exception();
  }
  if (session.thrown) png_error(png, "the output failed");
}

static void on_flush(png_structp) {}

}  // extern "C"

int color_type_of(unsigned channels) noexcept {
  switch (channels) {
    case 1:
      return PNG_COLOR_TYPE_GRAY;
    case 2:
      return PNG_COLOR_TYPE_GRAY_ALPHA;
    case 3:
      return PNG_COLOR_TYPE_RGB;
    default:
      return PNG_COLOR_TYPE_RGB_ALPHA;
  }
}

class Encoder {
 public:
  explicit Encoder(DecodeMeter& meter) { session_.meter = &meter; }
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;
  ~Encoder() { png_destroy_write_struct(&session_.png, &session_.info); }

  Bytes encode(const Raster& raster) {
    Session& session = session_;
    session.meter->claim_memory(encoder_bytes);
    session.call([&] {
      session.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &session, on_error, on_warning);
      if (session.png == nullptr) return;
      session.info = png_create_info_struct(session.png);
    });
    if (session.info == nullptr) throw std::bad_alloc();
    session.call([&] {
      png_set_write_fn(session.png, &session, on_write, on_flush);
      png_set_compression_level(session.png, compression_level);
      png_set_IHDR(session.png, session.info, raster.width, raster.height, 8,
                   color_type_of(raster.channels), PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                   PNG_FILTER_TYPE_DEFAULT);
      png_write_info(session.png, session.info);
    });
    for (std::uint32_t y = 0; y < raster.height; ++y) {
      const std::uint8_t* const row = raster.samples.data() + y * raster.row_bytes();
      session.call([&] { png_write_row(session.png, row); });
      session.meter->spend(raster.row_bytes());
    }
    session.call([&] { png_write_end(session.png, nullptr); });
    session.meter->release_memory(encoder_bytes);
    return std::move(session.bytes);
  }

 private:
  Session session_;
};

}  // namespace

Bytes encode_png(const Raster& raster, DecodeMeter& meter) {
  Encoder encoder(meter);
  return encoder.encode(raster);
}

}  // namespace imagegallery
